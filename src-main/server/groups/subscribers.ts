import type { Log } from '../../base/log'
import { acceptSubscription, type NotifyContent, type Notifier } from '../../sip/notifier'
import type { Dialogs } from '../../sip/dialogs'
import type { Incoming } from '../../sip/incoming'
import { Fault } from '../../base/faults'
import { readEvent } from '../../sip/event'
import type { Document } from './documents'
import type { GroupStore } from './store'
import type { Changed } from './verbs'
import { wayOf } from './way'

/** A group that somebody subscribes to: its whole state as it was told last. */
interface Watched {
  state: Document
  readonly notifiers: Map<Notifier, Watcher>
}

/** Whose subscription it is, and of which groups it tells. */
interface Watcher {
  readonly address: string
  readonly groups: Map<string, Watched>
}

/** Who hears of a group by NOTIFY (RFC 4575, RFC 6665): devices that keep no log of it, and who looks once. */
export class Subscribers {
  readonly #store: GroupStore
  readonly #dialogs: Dialogs
  readonly #log: Log
  readonly #watched = new Map<string, Watched>()

  constructor({ store, dialogs, log }: { store: GroupStore; dialogs: Dialogs; log: Log }) {
    this.#store = store
    this.#dialogs = dialogs
    this.#log = log
  }

  /** A SUBSCRIBE of a member or of who is invited. @throws Fault `not-member`, `group-gone`, `malformed` */
  async accept(incoming: Incoming, group: string, address: string): Promise<void> {
    mustBeConference(incoming)
    const { document } = await this.#store.state(group, address)
    this.#subscribe(incoming, group, new Map([[group, document]]), address)
  }

  /**
   * COMPAT(linphone): when it starts it asks the factory for all the groups that it knows by one list (RFC 5367), and for none of them alone.
   * Each is told in a NOTIFY of its own; groups that it is not in are left out.
   * @throws Fault `not-member` when it is in none of them, `malformed`
   */
  async acceptList(incoming: Incoming, factory: string, groups: readonly string[], address: string): Promise<void> {
    mustBeConference(incoming)
    const states = new Map<string, Document>()
    for (const group of groups) {
      try {
        states.set(group, (await this.#store.state(group, address)).document)
      } catch (thrown) {
        this.#log.debug({ group, address, fault: Fault.from(thrown).view() }, 'left out of a list')
      }
    }
    if (!states.size) throw new Fault('not-member', { text: 'none of these groups is yours' })
    this.#subscribe(incoming, factory, states, address)
  }

  #subscribe(incoming: Incoming, at: string, states: ReadonlyMap<string, Document>, address: string): void {
    if (incoming.answered) return
    const groups = new Map(Array.from(states, ([group, state]) => {
      const watched = this.#watched.get(group) ?? { state, notifiers: new Map<Notifier, Watcher>() }
      watched.state = state
      return [group, watched] as const
    }))
    const notifier = acceptSubscription(this.#dialogs, incoming, { contact: `<${at}>;isfocus`, headers: wayOf(incoming) }, {
      state: (asked) => {
        const [first, ...others] = groups.values()
        queueMicrotask(() => {
          for (const { state } of others) asked.notify(contentOf(state))
        })
        return first && contentOf(first.state)
      },
      ended: (_why, ended) => {
        for (const group of groups.keys()) this.#forget(group, ended)
      },
    })
    if (!notifier || notifier.ended) return
    for (const [group, watched] of groups) {
      this.#watched.set(group, watched)
      watched.notifiers.set(notifier, { address, groups })
    }
  }

  #forget(group: string, notifier: Notifier): void {
    const watched = this.#watched.get(group)
    watched?.notifiers.delete(notifier)
    if (watched?.notifiers.size === 0) this.#watched.delete(group)
  }

  /** The group has new versions. */
  async tell({ group, versions }: Changed): Promise<void> {
    const watched = this.#watched.get(group)
    if (!watched) return
    for (const { step, document } of versions) {
      const gone = new Set(step.members.flatMap(({ address, to }) => (to === 'out' ? [address] : [])))
      for (const [notifier, { address, groups }] of [...watched.notifiers]) {
        const isOver = step.facts.isGone || gone.has(address)
        if (isOver && groups.size === 1) {
          notifier.terminate('noresource', { content: contentOf(document) })
          continue
        }
        notifier.notify(contentOf(document))
        if (!isOver) continue
        groups.delete(group)
        this.#forget(group, notifier)
      }
    }
    const [someone] = watched.notifiers.values()
    if (someone === undefined) return
    try {
      watched.state = (await this.#store.state(group, someone.address)).document
    } catch (thrown) {
      this.#log.info({ group, fault: Fault.from(thrown).view() }, 'the state of a group could not be read')
    }
  }
}

function mustBeConference({ request: { headers } }: Incoming): void {
  if (readEvent(headers.get('Event') ?? '').type !== 'conference') {
    throw new Fault('malformed', { text: 'another event than conference', detail: { status: 489 } })
  }
}

const contentOf = ({ contentType, headers, body }: Document): NotifyContent => ({ headers: [['Content-Type', contentType], ...headers], body })
