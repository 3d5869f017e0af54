import { describe, expect, it } from 'vitest'
import { safeFileName } from '../../src-main/base/file-name'

describe('the name of a file', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['会议 记录.docx', '会议 记录.docx'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\system32\\evil.exe', 'evil.exe'],
    ['/', 'file'],
    ['..', 'file'],
    ['', 'file'],
    [' .hidden', 'hidden'],
    ['a\r\nSet-Cookie: x', 'aSet-Cookie_ x'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['nul\0.txt', '_nul.txt'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['what?.txt', 'what_.txt'],
    ['trailing. ', 'trailing'],
    ['\ud800.txt', '\ufffd.txt'],
  ])('%j is %j', (given, name) => expect(safeFileName(given)).toBe(name))

  it('is short enough, with its ending', () => {
    const name = safeFileName(`${'长'.repeat(500)}.jpeg`)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
    expect(name).toMatch(/^长+\.jpeg$/)
    expect(Buffer.byteLength(safeFileName('x'.repeat(1_000)))).toBe(200)
  })
})
