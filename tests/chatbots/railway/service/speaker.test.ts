import decodeQR from 'qr/decode.js'
import encodeQR from 'qr'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Store } from '../../../../src-main/chatbots/railway/bookings/store'
import { ApiError } from '../../../../src-main/chatbots/railway/service/bot-api'
import { Speaker } from '../../../../src-main/chatbots/railway/service/speaker'
import { pictureFor, ticketPicture } from '../../../../src-main/chatbots/railway/service/ticket-picture'
import type { Said } from '../../../../src-main/chatbots/railway/talk/said'

let store: Store
let said: [id: string, said: Said][]
/** What the gateway says to each message, in order; nothing: it takes it. */
let answers: (ApiError | undefined)[]
const api = {
  async send(id: string, _person: string, what: Said) {
    const no = answers.shift()
    if (no) throw no
    said.push([id, what])
  },
  async upload(_bytes: Uint8Array, name: string) {
    const no = answers.shift()
    if (no) throw no
    return `https://ft.example/${name}`
  },
}
const newSpeaker = () => new Speaker({ store, api, log: () => undefined, wait: () => 5 })
const say = (...ids: string[]) => ids.forEach((id) => store.say(id, 'p', JSON.stringify({ textMessage: id })))
const allSaid = () => vi.waitFor(() => expect(store.saying()).toEqual([]), { timeout: 5_000 })

beforeEach(() => {
  said = []
  answers = []
  store = new Store({ file: ':memory:', now: () => 0, newId: () => 'x', seats: () => 0, departure: () => 0 })
  return () => store.close()
})

describe('what is kept to be said', () => {
  it('is said in order, and goes on while more comes', async () => {
    const speaker = newSpeaker()
    say('a', 'b')
    speaker.speak()
    say('c')
    speaker.speak()
    await allSaid()
    expect(said.map(([id]) => id)).toEqual(['a', 'b', 'c'])
    await speaker.stop()
  })

  it('waits for a gateway that is away, and overtakes nothing', async () => {
    answers = [new ApiError(0, 'away'), new ApiError(503, 'busy', 5), undefined]
    const speaker = newSpeaker()
    say('a', 'b')
    speaker.speak()
    await allSaid()
    expect(said.map(([id]) => id)).toEqual(['a', 'b'])
    await speaker.stop()
  })

  it('that will never be taken keeps nothing behind it waiting', async () => {
    answers = [new ApiError(400, 'no such contact')]
    const speaker = newSpeaker()
    say('a', 'b')
    speaker.speak()
    await allSaid()
    expect(said.map(([id]) => id)).toEqual(['b'])
    await speaker.stop()
  })

  it('is said after a restart', async () => {
    answers = [new ApiError(0, 'away')]
    const first = new Speaker({ store, api, log: () => undefined, wait: () => 1_000_000 })
    say('a')
    first.speak()
    await vi.waitFor(() => expect(answers).toEqual([]))
    await first.stop()
    const second = newSpeaker()
    second.speak()
    await allSaid()
    expect(said.map(([id]) => id)).toEqual(['a'])
    await second.stop()
  })
})

describe('the code of a ticket', () => {
  const card = (): Said => ({ richcardMessage: { message: { generalPurposeCard: { layout: {}, content: { title: 't', media: { mediaUrl: pictureFor('AB12').url, mediaContentType: 'image/gif', mediaFileSize: pictureFor('AB12').size, height: 'TALL_HEIGHT' } } } } } })
  const media = () => (said[0]![1].richcardMessage!.message as { generalPurposeCard: { content: { media?: { mediaUrl: string } } } }).generalPurposeCard.content.media

  it('goes up when it is said', async () => {
    store.say('a', 'p', JSON.stringify(card()))
    const speaker = newSpeaker()
    speaker.speak()
    await allSaid()
    expect(media()).toMatchObject({ mediaUrl: 'https://ft.example/AB12.gif' })
    await speaker.stop()
  })

  it('is left out where it cannot go up: the ticket is said all the same', async () => {
    answers = [new ApiError(413, 'too large')]
    store.say('a', 'p', JSON.stringify(card()))
    const speaker = newSpeaker()
    speaker.speak()
    await allSaid()
    expect(media()).toBeUndefined()
    await speaker.stop()
  })

  it('is a picture of the size that was said, of letters that a scanner reads', () => {
    const { bytes, contentType } = ticketPicture(pictureFor('AB12CD34EF').url)
    expect([contentType, Buffer.from(bytes.subarray(0, 6)).toString(), bytes.length]).toEqual(['image/gif', 'GIF87a', pictureFor('AB12CD34EF').size])
    const raw = encodeQR('YANXIN-SAMPLE-TICKET:AB12CD34EF', 'raw', { scale: 5, border: 4 })
    const pixels = raw.flat().flatMap((isDark) => (isDark ? [0, 0, 0, 255] : [255, 255, 255, 255]))
    expect(decodeQR({ width: raw.length, height: raw.length, data: Uint8Array.from(pixels) })).toBe('YANXIN-SAMPLE-TICKET:AB12CD34EF')
  })
})
