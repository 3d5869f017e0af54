import { expect, it } from 'vitest'
import { noticeText } from '../../src-main/app/words'
import type { Content } from '../../src-main/contract/message'

const group = { address: 'sip:conf-garden@office.example', name: 'Garden', author: undefined }
const text = { kind: 'text', text: 'Water  the\nbeds' } as const
const lan = 'sip:lan@office.example'

it('a message of a group is told under its name, with who said it', () => {
  expect(noticeText({ content: text, from: lan, group }, false, 'en')).toEqual({ title: 'Garden', body: 'lan@office.example: Water the beds' })
  expect(noticeText({ content: text, from: lan, group: { ...group, author: 'Lan' }, isMention: true }, false, 'en')).toEqual({ title: 'Garden', body: '[Mentions you] Lan: Water the beds' })
  expect(noticeText({ content: text, from: lan, group, isMention: true }, true, 'en')).toEqual({ title: 'Yanxin', body: 'New message' })
  expect(noticeText({ content: text, from: lan, name: 'Lan' }, false, 'en')).toEqual({ title: 'Lan', body: 'Water the beds' })
})

it('an invitation says who invites, where that is known', () => {
  const invitation = (by: string) => ({ content: { kind: 'group', change: { what: 'invited', by } } as const, from: by, group: { ...group, author: by === lan ? '兰' : undefined } })
  expect(noticeText(invitation(lan), false, 'zh')).toEqual({ title: 'Garden', body: '兰 邀请您加入群组' })
  expect(noticeText(invitation(group.address), false, 'zh')).toEqual({ title: 'Garden', body: '您受邀加入群组' })
})

it('says what a bot sent by the first words of its cards, and what was tapped as its words', () => {
  const told = (content: Content) => noticeText({ content, from: lan, name: 'Rail' }, false, 'zh').body
  const layout = { kind: 'carousel', width: 'small' } as const
  expect(told({ kind: 'cards', layout, cards: [{ media: { file: { name: 'a', contentType: 'image/png', size: 1, hash: '' }, height: 'short' } }, { title: 'G1', text: '二等座' }] })).toBe('［卡片］G1')
  expect(told({ kind: 'cards', layout, cards: [{ text: '二等座\n一等座' }] })).toBe('［卡片］二等座 一等座')
  expect(told({ kind: 'answer', text: '订票', is: 'reply', data: 'secret' })).toBe('订票')
  expect(told({ kind: 'shared', facts: { deviceModel: 'Desktop', platformVersion: '', clientVendor: '', clientVersion: '' } })).toBe('［已告知设备信息］')
})
