import { describe, expect, test } from 'vitest'
import type { Invalid } from '../../../../../src-main/server/gateway/invalid'
import { readPosted } from '../../../../../src-main/server/gateway/dialects/gsma/read'

const messageContact = { userContact: '+8613800000001' }
const elsewhere = () => Promise.resolve(undefined)
const read = (RCSMessage: object, more: object = { messageContact }) => readPosted({ RCSMessage, ...more }, elsewhere)
const content = async (RCSMessage: object) => {
  const posted = await read(RCSMessage)
  return posted.kind === 'message' ? posted.content : posted
}
const fields = async (RCSMessage: object, more?: object): Promise<string[]> => {
  const thrown: unknown = await read(RCSMessage, more).then(() => undefined, (fault: unknown) => fault)
  return (thrown as Invalid).problems.map(({ field }) => field)
}

describe('what may be said', () => {
  test('a text, a place in either spelling, typing', async () => {
    expect(await content({ textMessage: '你好' })).toEqual({ kind: 'text', text: '你好' })
    const place = { kind: 'place', place: { latitude: 39.9, longitude: 116.4, label: '公司' } }
    expect(await content({ geolocationPushMessage: { pos: { latitude: 39.9, longitude: 116.4 }, label: '公司' } })).toEqual(place)
    expect(await content({ geolocationPushMessage: { pos: '39.9,116.4', label: '公司' } })).toEqual(place)
    expect(await read({ isTyping: 'idle' })).toEqual({ kind: 'typing', to: '+8613800000001', isActive: false })
    expect(await read({ textMessage: 'x' }, { messageContact: { chatId: 'lan' } })).toMatchObject({ to: 'lan' })
  })

  test('a file, and a sound with how long it plays', async () => {
    const file = { fileUrl: 'https://ft.example/a.jpg', fileName: 'a.jpg', fileMIMEType: 'image/jpeg', fileSize: 3 }
    expect(await content({ fileMessage: { ...file, thumbnailUrl: 'https://ft.example/t.jpg', thumbnailMIMEType: 'image/jpeg', thumbnailFileSize: 2 } })).toEqual({
      kind: 'file', file: { url: file.fileUrl, name: 'a.jpg', contentType: 'image/jpeg', size: 3, thumbnail: { url: 'https://ft.example/t.jpg', contentType: 'image/jpeg', size: 2 } },
    })
    expect(await content({ audioMessage: { ...file, playingLength: 4 } })).toMatchObject({ file: { isVoice: true, duration: 4_000 } })
  })

  test('what the relay keeps itself needs only its link', async () => {
    const known = { url: 'https://here.example/ft/d/1', name: 'a.pdf', contentType: 'application/pdf', size: 9, hash: 'f00' }
    const posted = await readPosted({ RCSMessage: { fileMessage: { fileUrl: known.url } }, messageContact }, () => Promise.resolve(known))
    expect(posted).toMatchObject({ content: { kind: 'file', file: known } })
  })

  test('a card and chips as older bots write them', async () => {
    const card = { message: { generalPurposeCard: { layout: { cardOrientation: 'VERTICAL' }, content: { media: { mediaUrl: 'https://b.example/a.mp4', mediaContentType: 'video/mp4', height: 'MEDIUM_HEIGHT' } } } } }
    const chips = { suggestions: [{ action: { urlAction: { openUrl: { url: 'https://b.example' } }, displayText: '打开' } }] }
    expect(await content({ richcardMessage: card, suggestedChipList: chips })).toEqual({ kind: 'card', card, chips })
  })
})

describe('what is wrong names its field', () => {
  test.each<[string, object, string[]]>([
    ['nothing', {}, ['RCSMessage']],
    ['two things', { textMessage: 'a', isTyping: 'active' }, ['RCSMessage']],
    ['no text', { textMessage: 7 }, ['RCSMessage.textMessage']],
    ['a text too long', { textMessage: 'x'.repeat(8_001) }, ['RCSMessage.textMessage']],
    ['a file of which nothing is known', { fileMessage: { fileUrl: 'https://b.example/a' } }, ['RCSMessage.fileMessage.fileMIMEType', 'RCSMessage.fileMessage.fileSize']],
    ['a file that is none', { fileMessage: { fileUrl: 'file:///etc/passwd', fileMIMEType: 'text/plain', fileSize: 1 } }, ['RCSMessage.fileMessage.fileUrl']],
    ['a place outside', { geolocationPushMessage: { pos: { latitude: 91, longitude: 0 } } }, ['RCSMessage.geolocationPushMessage.pos.latitude']],
    ['a long button', { textMessage: 'a', suggestedChipList: { suggestions: [{ reply: { displayText: 'x'.repeat(26) } }] } }, ['RCSMessage.suggestedChipList.suggestions[0].reply.displayText']],
    ['typing of another kind', { isTyping: 'maybe' }, ['RCSMessage.isTyping']],
  ])('%s', async (_name, message, expected) => expect(await fields(message)).toEqual(expected))

  test('nobody to send it to', async () => {
    expect(await fields({ textMessage: 'a' }, {})).toEqual(['messageContact', 'messageContact.userContact'])
    expect(await fields({ textMessage: 'a' }, { messageContact: { userContact: 5 } })).toEqual(['messageContact.userContact'])
  })
})
