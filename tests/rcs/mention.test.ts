import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readPayload, writeText } from '../../src-main/rcs/content'
import { readCpim } from '../../src-main/rcs/cpim'
import { readMentions } from '../../src-main/rcs/mention'
import { bytes, text } from './captures'

const frame = { from: 'sip:mei@lab.test', to: 'sip:conf-1@lab.test', sentAt: 1_700_000_000_000, id: 'm1' }
const mentionsOf = (mentions?: string[]) => {
  const { cpim } = readPayload(writeText({ ...frame, text: 'hi', ...(mentions && { mentions }) }))
  return readMentions(cpim!.extensions ?? [])
}

it('whom a text calls is written in a namespace of ours, and read again', () => {
  const { body } = writeText({ ...frame, text: 'hi', mentions: ['sip:lan@lab.test', 'all'] })
  expect(text(body)).toContain('NS: yanxin <urn:yanxin:cpim>\r\nyanxin.Mention: <sip:lan@lab.test>\r\nyanxin.Mention: all\r\n')
  expect(mentionsOf(['sip:lan@lab.test', 'all'])).toEqual(['sip:lan@lab.test', 'all'])
  expect(mentionsOf()).toBeUndefined()
  expect(mentionsOf([])).toBeUndefined()
  fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^sip:[a-z0-9.]{1,20}@lab\.test$/), { minLength: 1, maxLength: 8 }), (all) => {
    expect(mentionsOf(all)).toEqual(all)
  }))
})

it('is read under whatever prefix it was declared with, and under none that was not', () => {
  const said = (...lines: string[]) => readMentions(readCpim(bytes([
    'From: <sip:a@x>', 'To: <sip:b@x>', ...lines, '', 'Content-Type: text/plain', '', 'hi'].join('\r\n'))).extensions)
  expect(said('NS: imdn <urn:ietf:params:imdn>', 'NS: y <urn:yanxin:cpim>', 'y.mention: <sip:c@x>', 'y.Mention: <sip:c@x>', 'y.Mention: nobody')).toEqual(['sip:c@x'])
  expect(said('NS: yanxin <urn:other>', 'yanxin.Mention: <sip:c@x>')).toBeUndefined()
  expect(said('yanxin.Mention: <sip:c@x>')).toBeUndefined()
  expect(said('NS: y <urn:yanxin:cpim>', ...Array.from({ length: 2_000 }, (_, i) => `y.Mention: <sip:c${i}@x>`))).toHaveLength(500)
})

it('a line break in a name makes no other header', () => {
  expect(text(writeText({ ...frame, text: 'hi', mentions: ['sip:a@x>\r\nFrom: <sip:eve@x'] }).body)).not.toContain('\r\nFrom: <sip:eve')
})
