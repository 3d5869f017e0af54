import type { Log } from '../../base/log'
import { acceptSubscription, type NotifyContent, type Notifier } from '../../sip/notifier'
import type { Dialogs } from '../../sip/dialogs'
import type { Incoming } from '../../sip/incoming'
import { Fault } from '../../base/faults'
import { readEvent } from '../../sip/event'
import type { Document } from './documents'
import type { GroupStore } from './store'
import type { Changed } from './verbs'

/** A group that somebody subscribes to: its whole state as it was told last. */
interface Watched {
  state: Document
  readonly notifiers: Map<Notifier, string>
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
    const event = readEvent(incoming.request.headers.get('Event') ?? '')
    if (event.type !== 'conference') throw new Fault('malformed', { text: 'another event than conference', detail: { status: 489 } })
    const { document } = await this.#store.state(group, address)
    if (incoming.answered) return
    const watched = this.#watched.get(group) ?? { state: document, notifiers: new Map<Notifier, string>() }
    watched.state = document
    const notifier = acceptSubscription(this.#dialogs, incoming, { contact: `<${group}>;isfocus` }, {
      state: () => contentOf(watched.state),
      ended: (_why, ended) => {
        watched.notifiers.delete(ended)
        if (watched.notifiers.size === 0) this.#watched.delete(group)
      },
    })
    if (!notifier || notifier.ended) return
    this.#watched.set(group, watched)
    watched.notifiers.set(notifier, address)
  }

  /** The group has new versions. */
  async tell({ group, versions }: Changed): Promise<void> {
    const watched = this.#watched.get(group)
    if (!watched) return
    for (const { step, document } of versions) {
      const gone = new Set(step.members.flatMap(({ address, to }) => (to === 'out' ? [address] : [])))
      for (const [notifier, address] of [...watched.notifiers]) {
        const isOver = step.facts.isGone || gone.has(address)
        if (isOver) notifier.terminate('noresource', { content: contentOf(document) })
        else notifier.notify(contentOf(document))
      }
    }
    const [someone] = watched.notifiers.values()
    if (someone === undefined) return
    try {
      watched.state = (await this.#store.state(group, someone)).document
    } catch (thrown) {
      this.#log.info({ group, fault: Fault.from(thrown).view() }, 'the state of a group could not be read')
    }
  }
}

const contentOf = ({ contentType, headers, body }: Document): NotifyContent => ({ headers: [['Content-Type', contentType], ...headers], body })
