import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Clock } from '../base/clock'
import { faults, type FaultCode } from '../contract/faults'
import { timeBounds, type TimesView } from '../relay/ledger/stats'
import type { Watch, WatchView } from './watch'
import { version } from '../../package.json'

/** Kinds of lane that are always told of, so that a graph has no holes. */
const kinds = ['device', 'account'] as const

/** What Prometheus is told. Numbers are read when it asks; nothing is counted here. No label ever holds an address. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #parts: { watch: Watch; keep: number; clock: Clock }
  readonly #setters: ((view: WatchView) => void)[] = []
  #times: { commits: TimesView; checkpoints: TimesView } | undefined

  /** @param parts.keep how long a message may wait, ms: a sender that lies about its time must not make a queue look old */
  constructor(parts: { watch: Watch; keep: number; clock: Clock }) {
    this.#parts = parts
    collectDefaultMetrics({ register: this.#registry })
    this.#gauge('yanxin_build_info', 'The version that runs', ['version'], (set) => set(1, { version }))
    this.#gauge('yanxin_ready', 'Whether a message would be taken and kept now, as /healthz says', [], (set, { ready }) => set(Number(ready.ok)))
    this.#addQueue()
    this.#addDatabase()
    this.#addServer()
    this.#addFiles()
    this.#addKeeping()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** The exposition, in the text format 0.0.4. */
  async text(): Promise<string> {
    const view = await this.#parts.watch.look()
    this.#times = view.stats && { commits: view.stats.commits, checkpoints: view.stats.checkpoints }
    for (const set of this.#setters) set(view)
    return this.#registry.metrics()
  }

  #addQueue(): void {
    const { keep, clock } = this.#parts
    this.#gauge('yanxin_queue_messages', 'Messages that wait, by kind of lane', ['lane'], (set, { depth }) => {
      for (const kind of kinds) set(0, { lane: kind })
      for (const { kind, waiting } of depth ?? []) set(waiting, { lane: kind })
    })
    this.#gauge('yanxin_queue_lanes', 'Lanes in which something waits, by kind', ['lane'], (set, { depth }) => {
      for (const kind of kinds) set(0, { lane: kind })
      for (const { kind, lanes } of depth ?? []) set(lanes, { lane: kind })
    })
    this.#gauge('yanxin_queue_oldest_age_seconds', 'How long the oldest message has been waiting, by kind of lane', ['lane'], (set, { depth }) => {
      for (const kind of kinds) set(0, { lane: kind })
      for (const { kind, sentAt, expiresAt } of depth ?? []) {
        set(Math.max(0, clock.now() - Math.max(sentAt, expiresAt - keep)) / 1_000, { lane: kind })
      }
    })
  }

  #addDatabase(): void {
    this.#counter('yanxin_commits_total', 'Transactions that were written and synced', [], (add, { stats }) => add(stats?.commits.count ?? 0))
    this.#counter('yanxin_commit_calls_total', 'What they held: divided by yanxin_commits_total the mean batch', [], (add, { stats }) => add(stats?.calls ?? 0))
    this.#counter('yanxin_commit_failures_total', 'Transactions that were rolled back', [], (add, { stats }) => add(stats?.failures ?? 0))
    this.#counter('yanxin_database_restarts_total', 'Times that the thread of the database died and came back', [], (add, { restarts }) => add(restarts))
    this.#histogram('yanxin_commit_seconds', 'Writing a transaction to the log, and its fsync', 'commits')
    this.#histogram('yanxin_checkpoint_seconds', 'Bringing the log into the file', 'checkpoints')
    this.#gauge('yanxin_wal_pending_bytes', 'What of the log is not in the file yet', [], (set, { stats }) => set(stats ? stats.logPages * stats.pageBytes : 0))
    this.#gauge('yanxin_wal_bytes', 'Size of the write-ahead log', [], (set, { sizes }) => set(sizes.log))
    this.#gauge('yanxin_database_bytes', 'Size of the database', [], (set, { sizes }) => set(sizes.file))
    this.#gauge('yanxin_database_free_bytes', 'Pages of the database that hold nothing and are used first', [], (set, { stats }) => set(stats ? stats.freePages * stats.pageBytes : 0))
    this.#gauge('yanxin_disk_free_bytes', 'Room on the disk of the data folder', [], (set, { sizes }) => set(sizes.diskFree))
  }

  #addServer(): void {
    this.#gauge('yanxin_connections', 'Open connections', [], (set, { health }) => set(health.connections))
    this.#gauge('yanxin_accounts', 'Accounts', [], (set, { health }) => set(health.accounts))
    this.#gauge('yanxin_devices', 'Devices that have a lane', [], (set, { devices }) => set(devices))
    this.#gauge('yanxin_devices_online', 'Devices that are registered now', [], (set, { health }) => set(health.devicesOnline))
    this.#gauge('yanxin_messages_pending', 'Messages that wait for their commit', [], (set, { health }) => set(health.pending))
    this.#counter('yanxin_registrations_total', 'REGISTER requests that were granted, refreshes among them', [], (add, { counts }) => add(counts.registrations))
    this.#counter('yanxin_registrations_expired_total', 'Registrations that ran out without a refresh', [], (add, { counts }) => add(counts.registrationsExpired))
    this.#counter('yanxin_authentication_failures_total', 'Wrong names or passwords', [], (add, { counts }) => add(counts.authenticationFailures))
    this.#counter('yanxin_authentication_throttled_total', 'Tries that were put off after too many wrong ones', [], (add, { counts }) => add(counts.authenticationThrottled))
    this.#counter('yanxin_strangers_closed_total', 'Connections closed because nobody signed in on too many of one host', [], (add, { counts }) => add(counts.strangersClosed))
    this.#counter('yanxin_messages_taken_total', 'What was taken: messages and receipts are kept, transient (typing) is not', ['kind'], (add, { counts }) => {
      add(counts.messagesTaken, { kind: 'message' })
      add(counts.receiptsTaken, { kind: 'receipt' })
      add(counts.transientTaken, { kind: 'transient' })
    })
    this.#counter('yanxin_deliveries_total', 'What became of messages, one for each device they were for', ['outcome'], (add, { counts }) => {
      for (const outcome of ['delivered', 'failed', 'expired', 'retried'] as const) add(counts[outcome], { outcome })
    })
    this.#counter('yanxin_mailbox_full_total', 'Messages refused because too much waits for their recipient', [], (add, { counts }) => add(counts.full))
    this.#counter('yanxin_mailbox_skipped_total', 'Messages that a device with too much waiting misses, while another of the account got them', [], (add, { counts }) => add(counts.skipped))
    this.#counter('yanxin_failed_receipts_total', 'Receipts by which senders were told of a failure', [], (add, { counts }) => add(counts.failedReceipts))
    this.#counter('yanxin_malformed_total', 'What could not be read as SIP', [], (add, { counts }) => add(counts.malformed))
    this.#counter('yanxin_refused_total', 'Requests that were refused, by fault', ['fault'], (add, { counts }) => {
      for (const [fault, times] of counts.refused) add(times, { fault: isKnown(fault) ? fault : 'internal' })
    })
  }

  #addFiles(): void {
    this.#gauge('yanxin_files', 'Files that can be fetched', [], (set, { files }) => set(files?.files ?? 0))
    this.#gauge('yanxin_files_bytes', 'Bytes of the files of all accounts, each counted whole, and of those on their way', [], (set, { files }) => set(files?.bytes ?? 0))
    this.#gauge('yanxin_files_connections', 'Open connections to the content server', [], (set, { files }) => set(files?.connections ?? 0))
    this.#counter('yanxin_uploads_total', 'Files that came whole', [], (add, { files }) => add(files?.uploads ?? 0))
    this.#counter('yanxin_downloads_total', 'Files or parts of them that were fetched', [], (add, { files }) => add(files?.downloads ?? 0))
    this.#counter('yanxin_transfers_cut_total', 'Uploads and downloads that broke off', [], (add, { files }) => add(files?.cut ?? 0))
    this.#counter('yanxin_files_transferred_bytes_total', 'Bytes of files, by the way they went', ['way'], (add, { files }) => {
      add(files?.received ?? 0, { way: 'in' })
      add(files?.sent ?? 0, { way: 'out' })
    })
    this.#counter('yanxin_files_refused_total', 'Requests for or of files that were refused, by fault', ['fault'], (add, { files }) => {
      for (const [fault, times] of files?.refused ?? []) add(times, { fault: isKnown(fault) ? fault : 'internal' })
    })
  }

  #addKeeping(): void {
    this.#gauge('yanxin_last_check_timestamp_seconds', 'When the storage was last checked; 0 for never', [], (set, { check }) => set((check?.at ?? 0) / 1_000))
    this.#gauge('yanxin_last_check_problems', 'What that check found broken', [], (set, { check }) => set(check?.problems.length ?? 0))
    this.#gauge('yanxin_last_check_duration_seconds', 'How long it took', [], (set, { check }) => set((check?.took ?? 0) / 1_000))
    this.#gauge('yanxin_last_backup_timestamp_seconds', 'When the last backup was made; 0 for never', [], (set, { backup }) => set((backup?.at ?? 0) / 1_000))
    this.#gauge('yanxin_last_backup_bytes', 'Its size', [], (set, { backup }) => set(backup?.bytes ?? 0))
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[], tell: (set: (value: number, labels?: Record<Label, string>) => void, view: WatchView) => void): void {
    const gauge = new Gauge({ name, help, labelNames, registers: [this.#registry] })
    this.#setters.push((view) => {
      gauge.reset()
      tell((value, labels) => (labels ? gauge.set(labels, value) : gauge.set(value)), view)
    })
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[], tell: (add: (value: number, labels?: Record<Label, string>) => void, view: WatchView) => void): void {
    const counter = new Counter({ name, help, labelNames, registers: [this.#registry] })
    this.#setters.push((view) => {
      counter.reset()
      tell((value, labels) => (labels ? counter.inc(labels, value) : counter.inc(value)), view)
    })
  }

  /** A histogram that was counted elsewhere; prom-client only knows how to observe one itself. */
  #histogram(name: string, help: string, which: 'commits' | 'checkpoints'): void {
    const get = () => {
      const { counts, count, sum } = this.#times?.[which] ?? { counts: timeBounds.map(() => 0), count: 0, sum: 0 }
      let upTo = 0
      const buckets = timeBounds.map((le, i) => ({ metricName: `${name}_bucket`, labels: { le }, value: (upTo += counts[i]!) }))
      return Promise.resolve({
        name, help, type: 'histogram', aggregator: 'sum',
        values: [...buckets, { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: count },
          { metricName: `${name}_sum`, labels: {}, value: sum }, { metricName: `${name}_count`, labels: {}, value: count }],
      })
    }
    this.#registry.registerMetric({ name, get } as never)
  }
}

const isKnown = (code: string): code is FaultCode => code in faults
