import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findLinks } from '../../../src-renderer/ui/links'

const links = (text: string) => findLinks(text).filter((piece) => piece.kind === 'link')
const texts = (text: string) => links(text).map((piece) => piece.text)

describe('links in a message', () => {
  test.each([
    ['看 https://a.example/b?c=1。好', ['https://a.example/b?c=1']],
    ['https://a.example/路', ['https://a.example/']],
    ['链接https://a.cn看看', ['https://a.cn']],
    ['（https://a.example/x）', ['https://a.example/x']],
    ['(see https://a.example/x_(y))', ['https://a.example/x_(y)']],
    ['go to www.example.org, now', ['www.example.org']],
    ['mail mei@example.org.', ['mei@example.org']],
    ['https://a.example and http://b.example:8080/c', ['https://a.example', 'http://b.example:8080/c']],
    ['https://例子.中国/a', ['https://例子.中国/a']],
    ['HTTPS://A.EXAMPLE', ['HTTPS://A.EXAMPLE']],
  ])('%s', (text, expected) => expect(texts(text)).toEqual(expected))

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'https://', 'nothing here', 'a.b', 'http://x', '版本 1.2.3'])(
    'there is none in %s', (text) => expect(links(text)).toEqual([]),
  )

  test('a name without a scheme goes to https', () => expect(links('www.example.org')[0]).toMatchObject({ href: 'https://www.example.org/' }))
  test('an address goes to a mail', () => expect(links('mei@example.org')[0]).toMatchObject({ href: 'mailto:mei@example.org' }))

  test('letters that look like others are said as the host that they really are', () => {
    expect(links('http://аpple.com/login')[0]).toMatchObject({ host: 'xn--pple-43d.com' })
  })
  test('a name before an @ does not hide the host', () => {
    expect(links('https://bank.example@evil.example/')[0]).toMatchObject({ host: 'evil.example' })
  })
  test('an ordinary link needs no such word', () => expect(links('https://a.example/b')[0]).not.toHaveProperty('host'))
  test('a direction mark ends the link', () => expect(texts('https://a.example/\u202egpj.exe')).toEqual(['https://a.example/']))

  test('the pieces put together are always the text, and every link has a scheme that is allowed', () => {
    const part = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('https://', 'www.', '@', 'a.example', '例子', '/', '.', ' ', 'http://x.y/', ')', '\u202e'))
    fc.assert(fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      const pieces = findLinks(text)
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      for (const piece of pieces) if (piece.kind === 'link') expect(piece.href).toMatch(/^(https?|mailto):/)
    }))
  })

  test('64 KB that almost are links are read in good time', () => {
    const began = performance.now()
    for (const hard of ['https://'.repeat(8_000), `https://${'a.'.repeat(32_000)}`, `${'a'.repeat(64_000)}@`, 'www.'.repeat(16_000), `https://a.b/${')'.repeat(64_000)}`]) findLinks(hard)
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
