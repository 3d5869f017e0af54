import type { Store } from '../bookings/store'
import type { CardContent, Said } from '../talk/said'
import { ApiError, type BotApi } from './bot-api'
import { isTicketPicture, ticketPicture } from './ticket-picture'

export interface SpeakerParts {
  store: Store
  api: Pick<BotApi, 'send' | 'upload'>
  log(text: string): void
  /** How long to wait before the next try, ms, by how many failed. @default doubling from one second to one minute */
  wait?: (tries: number) => number
}

/** Says what is kept to be said, in order, until the gateway has it: also after a restart. */
export class Speaker {
  readonly #parts: SpeakerParts
  #running: Promise<void> | undefined
  #isStopped = false
  #isWanted = false
  #tries = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: SpeakerParts) {
    this.#parts = parts
  }

  /** There is something to say. */
  speak(): void {
    this.#isWanted = true
    if (this.#isStopped || this.#running || this.#timer) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      if (this.#isWanted) this.speak()
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    const { store, api, log, wait = (tries) => Math.min(60_000, 500 * 2 ** tries) } = this.#parts
    this.#isWanted = false
    for (const { n, id, person, body } of store.saying()) {
      if (this.#isStopped) return
      try {
        await api.send(id, person, await this.#withPictures(JSON.parse(body) as Said))
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown
        if (thrown.isPassing) {
          log(`not said yet: ${thrown.message}`)
          this.#timer = setTimeout(() => {
            this.#timer = undefined
            this.speak()
          }, thrown.after ?? wait(++this.#tries))
          return
        }
        // Nobody will ever take it; what comes behind must not wait for it.
        log(`${id} was refused: ${thrown.message}`)
      }
      this.#tries = 0
      store.said(n)
    }
  }

  /** Codes of tickets go up when they are said, not when they are booked; a ticket is good without its picture too. */
  async #withPictures(said: Said): Promise<Said> {
    const { api, log } = this.#parts
    for (const card of cardsIn(said)) {
      const { media } = card
      if (!media || !isTicketPicture(media.mediaUrl)) continue
      try {
        const { bytes, name, contentType } = ticketPicture(media.mediaUrl)
        media.mediaUrl = await api.upload(bytes, name, contentType)
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.isPassing) throw thrown
        log(`a code could not be put up: ${(thrown as Error).message}`)
        delete card.media
      }
    }
    return said
  }
}

function cardsIn({ richcardMessage }: Said): CardContent[] {
  if (!richcardMessage) return []
  const { message } = richcardMessage
  return 'generalPurposeCard' in message ? [message.generalPurposeCard.content] : message.generalPurposeCardCarousel.content
}
