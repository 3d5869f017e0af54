import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { botCardsOf, readBotMessage, writeBotMessage } from '../../src-main/rcs/bot-message'
import { checkBotMessage } from '../../src-main/rcs/bot-message-check'
import { golden } from './golden'
import { botCards, nonsense } from './bot-arbitraries'
import { faultOf } from './captures'

const cards = golden('cards')
const named = (name: string) => readBotMessage(JSON.stringify(cards.find((one) => one.name === name)!.document))
const card = (content: unknown, layout: unknown = { cardOrientation: 'VERTICAL' }) => JSON.stringify({ message: { generalPurposeCard: { layout, content } } })

describe('bot messages', () => {
  it.each(cards)('shows $name', ({ document }) => {
    const read = readBotMessage(JSON.stringify(document))
    expect(read.cards.length).toBeGreaterThan(0)
    expect(readBotMessage(writeBotMessage(read))).toEqual(read)
  })

  it.each(cards.filter(({ wrong }) => !wrong))('finds nothing wrong with $name', ({ document }) => expect(checkBotMessage(document)).toEqual([]))

  it.each(cards.filter(({ wrong }) => wrong))('names the fields of $name', ({ document, wrong }) => {
    const problems = checkBotMessage(document)
    expect(problems.map(({ field }) => field)).toEqual(wrong)
    for (const { text } of problems) expect(text.length).toBeGreaterThan(5)
  })

  it.each(golden('broken-cards'))('refuses $name', ({ document }) => {
    expect(faultOf(() => readBotMessage(JSON.stringify(document)))).toBe('malformed')
    expect(checkBotMessage(document)).not.toEqual([])
  })

  it('reads a card, its picture and what may be tapped', () => {
    expect(named('card-horizontal-right-tall')).toEqual({
      layout: { kind: 'horizontal', image: 'right' },
      cards: [{
        media: {
          height: 'tall', alt: 'A train at a platform',
          file: {
            name: 'm.jpg', contentType: 'image/jpeg', size: 71_828, hash: '', transfer: { way: 'down', at: 'offered' },
            remote: { url: 'https://ft.example.com/m.jpg', thumbnail: { url: 'https://ft.example.com/t.jpg', contentType: 'image/jpeg', size: 3_141 } },
          },
        },
        title: '动车组 G1', text: '北京南到上海虹桥，4 小时 28 分。', suggestions: [{ text: '订票', data: 'book:G1' }],
      }],
    })
  })

  it('cuts to the limits, between characters', () => {
    expect(named('past-title').cards[0]!.title).toBe('字'.repeat(200))
    expect(named('edge-title-emoji').cards[0]!.title).toBe('🚄'.repeat(200))
    expect(named('past-text').cards[0]!.text).toHaveLength(2_000)
    expect(named('past-carousel-13').cards).toHaveLength(12)
    expect(named('past-card-suggestions').cards[0]!.suggestions).toHaveLength(4)
    expect(named('past-carousel-small-tall').cards[1]!.media!.height).toBe('medium')
    expect(named('past-carousel-1').layout).toEqual({ kind: 'vertical' })
  })

  it('does without what may not be opened, and shows the rest', () => {
    expect(named('past-wrong-scheme').cards).toEqual([{ title: '别处', suggestions: [{ text: '好', data: '好' }] }])
    expect(named('past-credentials').cards).toEqual([{ title: '假银行' }])
    expect(named('past-ussd').cards).toEqual([{ title: '拨号' }])
  })

  it('lets no text turn the direction of others', () => {
    expect(named('right-to-left').cards).toEqual([{ title: 'gpj.exe', text: 'ab', suggestions: [{ text: 'oK', data: 'ok' }] }])
  })

  it('takes the samples of the specification and of older bots', () => {
    expect(named('past-spec-sample')).toMatchObject({ layout: { titleStyle: ['bold'] }, cards: [{ media: { file: { size: 0 } }, title: 'Sample' }] })
    expect(named('past-only-url').cards[0]!.suggestions![0]!.action).toEqual({ do: 'open-url', url: 'https://example.com/', where: 'browser' })
    expect(named('past-no-alignment').layout).toEqual({ kind: 'horizontal', image: 'left' })
  })

  it('keeps lines apart in a text and not in a title', () => {
    expect(readBotMessage(card({ title: 'a\r\nb', description: ' a\r\nb\u0007\u2028c ' })).cards).toEqual([{ title: 'a b', text: 'a\nb\nc' }])
  })

  it('refuses bombs before anything is made of them', () => {
    expect(faultOf(() => readBotMessage('['.repeat(100_000)))).toBe('too-large')
    expect(faultOf(() => readBotMessage(`{"message":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`))).toBe('too-large')
    expect(faultOf(() => readBotMessage(`[${'0,'.repeat(20_000)}0]`))).toBe('too-large')
    expect(faultOf(() => readBotMessage(card({ title: 'x'.repeat(300_000) })))).toBe('too-large')
    expect(faultOf(() => readBotMessage('{"message":'))).toBe('malformed')
    expect(faultOf(() => readBotMessage(new Uint8Array([0x22, 0xff, 0x22])))).toBe('malformed')
    expect(readBotMessage(card({ title: '[[[{{{"'.repeat(20) })).cards[0]!.title).toHaveLength(140)
  })

  it('reads back what it writes', () => {
    fc.assert(fc.property(botCards, (said) => {
      const text = writeBotMessage(said)
      expect(readBotMessage(text)).toEqual(said)
    }), { numRuns: 200 })
  })

  it('throws only faults, and what it reads can be read again', () => {
    fc.assert(fc.property(nonsense, (value) => {
      const read = botCardsOf(value)
      if (read) expect(readBotMessage(writeBotMessage(read))).toEqual(read)
      void faultOf(() => readBotMessage(JSON.stringify(value)))
      checkBotMessage(value)
    }), { numRuns: 500 })
    fc.assert(fc.property(fc.string(), (text) => void faultOf(() => readBotMessage(text))))
  })
})
