import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readAgentMessage } from '../../../../../src-main/server/gateway/dialects/google/read'
import { pushed, userJson } from '../../../../../src-main/server/gateway/dialects/google/write'
import type { BotEvent } from '../../../../../src-main/server/gateway/events'
import type { Invalid } from '../../../../../src-main/server/gateway/invalid'

const nothing = { named: () => Promise.resolve(undefined), behind: () => Promise.resolve(undefined), fetch: () => Promise.reject(new Error('not there')) }
const now = Date.parse('2024-03-05T08:12:31.000Z')
const read = (body: object) => readAgentMessage(body as Record<string, unknown>, nothing, now)
const fields = async (contentMessage: object, more: object = {}): Promise<string[]> => {
  const thrown: unknown = await read({ contentMessage, ...more }).then(() => undefined, (fault: unknown) => fault)
  return (thrown as Invalid).problems.map(({ field }) => field)
}

/** rcs.md 5.4. */
const sample = { contentMessage: { richCard: { standaloneCard: { cardOrientation: 'VERTICAL', cardContent: { title: '标题', media: { height: 'MEDIUM', contentInfo: { fileUrl: 'https://example.com/a.jpg' } }, suggestions: [{ reply: { text: '是', postbackData: 'yes' } }] } } } }, messageTrafficType: 'TRANSACTION' }

test('the sample becomes a card of GSMA', async () => {
  expect(await read(sample)).toEqual({
    traffic: 'transaction', expiresAt: undefined,
    content: { kind: 'card', card: { message: { generalPurposeCard: { layout: { cardOrientation: 'VERTICAL' }, content: {
      media: { mediaUrl: 'https://example.com/a.jpg', mediaContentType: 'image/jpeg', height: 'MEDIUM_HEIGHT' }, title: '标题',
      suggestions: [{ reply: { displayText: '是', postback: { data: 'yes' } } }],
    } } } } },
  })
})

test('a carousel, and every action', async () => {
  const cards = [{ title: 'a' }, { title: 'b' }]
  expect(await read({ contentMessage: { richCard: { carouselCard: { cardWidth: 'SMALL', cardContents: cards } } } })).toMatchObject({
    content: { card: { message: { generalPurposeCardCarousel: { layout: { cardWidth: 'SMALL_WIDTH' }, content: cards } } } },
  })
  const action = (more: object) => ({ action: { text: 'x', postbackData: 'p', ...more } })
  const { content: { chips } } = await read({ contentMessage: { text: 'hi', suggestions: [
    action({ dialAction: { phoneNumber: '+86138' }, fallbackUrl: 'https://example.com/call' }), action({ viewLocationAction: { latLong: { latitude: 1, longitude: 2 }, label: 'here' } }),
    action({ viewLocationAction: { query: 'tea' } }), action({ createCalendarEventAction: { startTime: '2024-03-05T08:00:00Z', endTime: '2024-03-05T09:00:00Z', title: 't' } }),
    action({ openUrlAction: { url: 'https://example.com/', application: 'WEBVIEW', webviewViewMode: 'HALF' } }), action({ shareLocationAction: {} }),
  ] } })
  const tapped = { displayText: 'x', postback: { data: 'p' } }
  expect(chips).toEqual({ suggestions: [
    { dialerAction: { dialPhoneNumber: { phoneNumber: '+86138', fallbackUrl: 'https://example.com/call' } } }, { mapAction: { showLocation: { location: { latitude: 1, longitude: 2, label: 'here' } } } },
    { mapAction: { showLocation: { location: { query: 'tea' } } } }, { calendarAction: { createCalendarEvent: { startTime: '2024-03-05T08:00:00.000Z', endTime: '2024-03-05T09:00:00.000Z', title: 't' } } },
    { urlAction: { openUrl: { url: 'https://example.com/', application: 'webview', viewMode: 'half' } } }, { mapAction: { requestLocationPush: {} } },
  ].map((each) => ({ action: { ...each, ...tapped } })) })
})

test('how long it is wanted', async () => {
  expect((await read({ contentMessage: { text: 'a' }, ttl: '10s' })).expiresAt).toBe(now + 10_000)
  expect(await fields({ text: 'a' }, { ttl: '9999999s' })).toEqual(['ttl'])
})

describe('what is wrong names its field', () => {
  test.each<[object, string[]]>([
    [{}, ['contentMessage']], [{ text: 'a', contentInfo: {} }, ['contentMessage']], [{ text: 'x'.repeat(3_073) }, ['contentMessage.text']],
    [{ uploadedRbmFile: { fileName: 'files/none' } }, ['contentMessage.uploadedRbmFile.fileName']],
    [{ contentInfo: { fileUrl: 'https://example.com/none' } }, ['contentMessage.contentInfo.fileUrl']],
    [{ text: 'a', suggestions: [{ reply: { text: 'x'.repeat(26) } }] }, ['contentMessage.suggestions[0].reply.text']],
    [{ richCard: { carouselCard: { cardContents: [{ title: 'a' }] } } }, ['contentMessage.richCard.carouselCard.cardContents']],
    [{ richCard: { standaloneCard: { cardContent: { media: { height: 'HUGE', contentInfo: { fileUrl: 'file:///a' } } } } } },
      ['contentMessage.richCard.standaloneCard.cardContent.media.height', 'contentMessage.richCard.standaloneCard.cardContent.media.contentInfo.fileUrl']],
  ])('%j', async (message, expected) => expect(await fields(message)).toEqual(expected))
})

test('what is told is signed as Pub/Sub pushes it', () => {
  const event: BotEvent = { kind: 'message', id: 'm1', contact: 'c', at: now, heard: { kind: 'answer', answer: { is: 'reply', text: '是', data: 'yes' } } }
  const value = userJson(event, { agentId: 'bot', contactOf: () => '+8613800000001', eventId: () => 'e' })!
  expect(value).toEqual({ senderPhoneNumber: '+8613800000001', messageId: 'm1', sendTime: '2024-03-05T08:12:31.000Z', agentId: 'bot', suggestionResponse: { postbackData: 'yes', text: '是', type: 'REPLY' } })
  const { body, headers } = pushed('https://b.example', 'client', value, { id: 'p', at: now })
  const { message: { data } } = JSON.parse(body!) as { message: { data: string } }
  expect(JSON.parse(Buffer.from(data, 'base64').toString())).toEqual(value)
  expect(headers['X-Goog-Signature']).toBe(createHmac('sha512', 'client').update(Buffer.from(data, 'base64')).digest('base64'))
  expect(userJson({ kind: 'status', id: 'm1', contact: 'c', at: now, status: 'displayed' }, { agentId: 'b', contactOf: () => '+1', eventId: () => 'e' })).toMatchObject({ eventType: 'READ', messageId: 'm1' })
})
