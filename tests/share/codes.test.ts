import { describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { makeJoinCode, passwordOf, spokenCode } from '../../src-main/share/codes'

describe('a join code', () => {
  it('is the same however it is typed', () => {
    const code = makeJoinCode(randomIds)
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/)
    const password = passwordOf(code)
    expect(password).toHaveLength(12)
    for (const typed of [code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' – ')} `, code.replace(/[A-Z0-9]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))]) {
      expect(passwordOf(typed), typed).toBe(password)
    }
    expect(passwordOf('OIL0-1abc')).toBe('01101abc')
  })
})

describe('the code to compare by voice', () => {
  it('is sixteen digits that follow from the fingerprint alone', async () => {
    const code = await spokenCode('ab'.repeat(32))
    expect(code).toMatch(/^\d{4}( \d{4}){3}$/)
    expect(await spokenCode('ab'.repeat(32))).toBe(code)
    expect(await spokenCode(`${'ab'.repeat(31)}ac`)).not.toBe(code)
  })

  // Another way to count would make two versions of the program disagree about one certificate.
  it('stays what it was in the first version', async () => {
    expect(await spokenCode('00'.repeat(32))).toBe('0947 5304 7492 4102')
  })
})
