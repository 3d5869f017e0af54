import { expect, it } from 'vitest'
import { contentsOf } from '../../src-main/client/letters'
import type { Content } from '../../src-main/contract/message'

const files = ['a.jpg', 'b.pdf'].map((name) => ({ name, contentType: 'image/jpeg', size: 1, hash: '' }))
const location = { latitude: 1, longitude: 2 }
const said = (contents: Content[]): string[] => contents.map((content) => [
  ...(content.kind === 'files' ? content.files.map(({ name }) => name) : [content.kind]), ...('text' in content && content.text ? [content.text] : []),
].join(' '))

it('one who takes albums gets files and words together, others one a file and the words last; a place by itself', () => {
  expect(said(contentsOf({ files, location }, 'Hello', true))).toEqual(['a.jpg b.pdf Hello', 'location'])
  expect(said(contentsOf({ files, location }, 'Hello', false))).toEqual(['a.jpg', 'b.pdf', 'location', 'text Hello'])
  expect(said(contentsOf({ files }, ' ', true))).toEqual(['a.jpg b.pdf'])
  expect(said(contentsOf({ files: files.slice(0, 1) }, '', false))).toEqual(said(contentsOf({ files: files.slice(0, 1) }, '', true)))
  expect(said(contentsOf({ location }, 'Hello', true))).toEqual(['location', 'text Hello'])
  expect(said(contentsOf({}, 'Hello', false))).toEqual(['text Hello'])
  expect(contentsOf({}, ' ', true)).toEqual([])
})
