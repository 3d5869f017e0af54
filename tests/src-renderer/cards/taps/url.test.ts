import { domainToUnicode } from 'node:url'
import { describe, expect, test } from 'vitest'
import { lookAtUrl } from '../../../../src-renderer/cards/taps/url'

describe('a link of a bot', () => {
  test('says which host it asks', () => {
    expect(lookAtUrl('https://www.railway.example/tickets?id=1')).toEqual({ url: 'https://www.railway.example/tickets?id=1', host: 'www.railway.example' })
    expect(lookAtUrl('http://10.0.0.1:8080/')).toMatchObject({ host: '10.0.0.1:8080', isOpen: true })
    expect(lookAtUrl('https://apple.com.evil.example/apple.com').host).toBe('apple.com.evil.example')
    expect(lookAtUrl('https://0x7f000001/').host).toBe('127.0.0.1')
  })

  test.each([
    ['https://bank.example@evil.example/', 'credentials'], ['https://bank.example:443@evil.example/', 'credentials'],
    ['file:///etc/passwd', 'scheme'], ['javascript:alert(1)', 'scheme'], ['data:text/html,x', 'scheme'], ['smb://host/share', 'scheme'], ['intent://x#Intent;end', 'scheme'],
    ['', 'broken'], ['www.example.com', 'broken'], ['https://', 'broken'], ['https://a\u202Eb.example/', 'broken'],
  ])('%s is not opened: %s', (url, why) => expect(lookAtUrl(url).refused).toBe(why))

  test('letters that pass for others are told, honest ones only shown', () => {
    expect(lookAtUrl('https://аpple.com/')).toMatchObject({ host: 'xn--pple-43d.com', letters: 'аpple.com', isLookAlike: true })
    expect(lookAtUrl('https://xn--80ak6aa92e.com/')).toMatchObject({ letters: 'аррӏе.com' })
    expect(lookAtUrl('https://сосо.example/')).toMatchObject({ isLookAlike: true })
    const honest = lookAtUrl('https://例子.中国/')
    expect(honest).toMatchObject({ host: 'xn--fsqu00a.xn--fiqs8s', letters: '例子.中国' })
    expect(honest.isLookAlike).toBeUndefined()
    expect(lookAtUrl('https://яндекс.рф/').isLookAlike).toBeUndefined()
    expect(lookAtUrl('https://bücher.example/').isLookAlike).toBeUndefined()
  })

  test('marks of direction in a path are shown as what they are', () => {
    expect(lookAtUrl('https://a.example/\u202Egpj.exe').url).toBe('https://a.example/%E2%80%AEgpj.exe')
  })

  test('its letters are those that Node reads', () => {
    for (const host of ['例子.中国', 'bücher.example', 'президент.рф', 'مثال.إختبار', 'ひらがな.テスト', 'español-ñandú.example', '👍.example', 'faß.example']) {
      const look = lookAtUrl(`https://${host}/`)
      expect(look.letters ?? look.host).toBe(domainToUnicode(look.host!))
    }
    expect(lookAtUrl('https://xn--zzzzzzzzz9999999.example/').refused ?? 'shown').toMatch(/broken|shown/)
  })
})
