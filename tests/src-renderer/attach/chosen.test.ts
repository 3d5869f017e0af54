import { describe, expect, it } from 'vitest'
import { pasted, renamed, safeName, stamp } from '../../../src-renderer/attach/chosen'

/** A clipboard as the browser hands it over. */
const clipboard = (files: File[], types: string[] = []) => ({
  types: [...types, ...(files.length ? ['Files'] : [])],
  items: files.map((file) => ({ kind: 'file', getAsFile: () => file, webkitGetAsEntry: () => null })),
}) as unknown as DataTransfer

describe('what is pasted', () => {
  it('is a picture where there are no words, named after its time', () => {
    const chosen = pasted(clipboard([new File(['x'], 'image.png', { type: 'image/png' })], ['text/html']), 'picture-1')
    expect(chosen?.files.map(({ name, type }) => [name, type])).toEqual([['picture-1.png', 'image/png']])
  })
  it('is a file under its own name', () => {
    expect(pasted(clipboard([new File(['x'], 'Plan.pdf')]), 'picture')?.files[0]!.name).toBe('Plan.pdf')
  })
  it('is left to the field where it is words, whatever picture comes with them', () => {
    expect(pasted(clipboard([new File(['x'], 'image.png')], ['text/plain', 'text/html']), 'picture')).toBeUndefined()
    expect(pasted(clipboard([], ['text/html']), 'picture')).toBeUndefined()
  })
})

describe('a name that goes out', () => {
  it.each([
    ['IMG_1.jpg', 'IMG_1.jpg'],
    ['合同（最终版）.pdf', '合同（最终版）.pdf'],
    ['C:\\Users\\mei\\notes.txt', 'notes.txt'],
    ['../../etc/passwd', 'passwd'],
    ['in\u0000voice\u202Efdp.exe\n', 'invoicefdp.exe'],
    ['', 'file'], ['\u200b', 'file'], ['.png', 'file.png'],
  ])('%j is %j', (name, wanted) => expect(safeName(name)).toBe(wanted))
  it('is cut in its stem, between characters, and keeps its ending', () => {
    const name = safeName(`${'𠮷'.repeat(300)}.tar.gz`)
    expect([[...name].length, name.endsWith('𠮷.gz')]).toEqual([120, true])
    expect(Buffer.from(name).toString()).toBe(name)
  })
  it('gets another ending with another type', () => {
    expect([renamed('a.b.webp', 'jpg'), renamed('bare', 'png')]).toEqual(['a.b.jpg', 'bare.png'])
  })
})

it('a stamp is local time', () => expect(stamp(new Date(2026, 4, 12, 5, 4, 3).getTime())).toBe('20260512-050403'))
