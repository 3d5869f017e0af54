import { Fault } from '../../../src-main/base/faults'
import type { Commands } from '../../../src-main/contract/calls'
import type { GroupChange, GroupMember, GroupView, MemberReceipt } from '../../../src-main/contract/group'
import type { Content, Conversation, Message } from '../../../src-main/contract/message'
import { ME, NOW, type World } from './world'

const MINUTE = 60_000

export interface MadeGroup {
  group: GroupView
  members: GroupMember[]
}

/** From whom, how many minutes ago, what: a text, or what happened. */
type Said = [from: string, ago: number, what: string | Content | GroupChange]

const family = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜'
const given = ['伟', '芳', '娜', '秀英', '敏', '静', '丽', '强', '磊', '洋', '艳', '勇', '军', '杰', '娟', '涛', '明', '超', '秀兰', '霞', '平', '刚']
const first = ['Anna', 'Bo', 'Chiara', 'David', 'Elif', 'Fatou', 'Goran', 'Hana', 'Inês', 'Jonas', 'Kofi', 'Lena', 'Marek', 'Noor', 'Ola', 'Petra', 'Quentin', 'Rosa', 'Sam', 'Tariq']
const last = ['Abel', 'Brandt', 'Costa', 'Dvořák', 'Eriksen', 'Fischer', 'Grant', 'Horváth', 'Ivanova', 'Jansen', 'Kowalska', 'Larsen', 'Müller', 'Novák', 'Okafor', 'Petrov']

/** Everybody of a large office. */
export const crowd = (language: 'zh' | 'en', count: number): GroupMember[] => Array.from({ length: count }, (_, n) => ({
  address: `sip:staff${n}@yan.example`, role: n % 97 === 3 ? 'admin' : 'member', state: n % 41 === 7 ? 'invited' : 'joined',
  name: language === 'zh' ? `${family[(n * 7) % family.length]}${given[(n * 5 + Math.floor(n / 32)) % given.length]}` : `${first[(n * 3) % first.length]} ${last[(n * 7 + Math.floor(n / 20)) % last.length]}`,
}))

/** Groups in the world: one's own, one of 500, one that invites, some that are over. */
export function addGroups(world: World, language: 'zh' | 'en'): Map<string, MadeGroup> {
  const zh = language === 'zh'
  const groups = new Map<string, MadeGroup>()
  const [mei, wei, yun, chen] = ['sip:mei@yan.example', 'tel:+8613800138000', 'sip:yun@yan.example', 'sip:chenxiaoming@office.example.org'] as const
  const own: GroupMember = { address: ME, name: zh ? '沈兰' : 'Lan Shen', role: 'member', state: 'joined' }
  const named = (address: string, zhName: string, enName: string, more: Partial<GroupMember> = {}): GroupMember =>
    ({ address, name: zh ? zhName : enName, role: 'member', state: 'joined', ...more })
  const friends = [
    named(mei, '林美', 'Mei Lin'), named(wei, '王伟', 'Wang Wei', { role: 'admin' }), named(yun, '方云', 'Fang Yun'), named(chen, '陈小明', 'Chen Xiaoming'),
    named('sip:kimura@jp.example', '木村さくら', '木村さくら'), named('sip:ouyang@yan.example', '欧阳修远', 'Ouyang Xiuyuan', { state: 'invited' }),
  ]

  function add(id: string, subject: string, members: GroupMember[], said: Said[], change: Partial<GroupView> = {}, row: Partial<Conversation> = {}) {
    const conversation = `sip:conf-${id}@yan.example`
    const mine = members.find(({ address }) => address === ME)
    const policies = change.policies ?? { post: 'all', add: 'all', history: 'hidden' }
    const group: GroupView = {
      conversation, subject, version: said.length, limit: 500, policies, state: mine ? 'joined' : 'left', role: mine?.role ?? 'member',
      members: members.filter(({ state }) => state === 'joined').length, mayPost: policies.post === 'all' || mine?.role === 'admin', ...change,
    }
    groups.set(conversation, { group, members })
    const list = said.map(([from, ago, what], place): Message => {
      const isChange = typeof what === 'object' && 'what' in what
      const content: Content = typeof what === 'string' ? { kind: 'text', text: what } : isChange ? { kind: 'group', change: what } : what
      const outgoing = from === ME && !isChange
      const at = NOW - ago * MINUTE
      return { conversation, place, id: isChange ? `v${place}` : `g${place}${id}`, from: isChange ? conversation : from, outgoing, at, sentAt: at, content, status: outgoing ? 'delivered' : 'displayed' }
    })
    world.threads.set(conversation, list)
    const lastOne = list.at(-1)
    const { state, role, members: count, mayPost, icon, invitedBy } = group
    world.conversations.push({
      id: conversation, name: subject, count: list.length, lastAt: lastOne?.at ?? NOW - MINUTE, ...(lastOne && { last: lastOne }), readPlace: list.length, unread: 0,
      group: { state, role, members: count, mayPost, ...(icon && { icon }), ...(invitedBy && { invitedBy }) }, ...row,
    })
  }
  const did = (change: GroupChange, ago: number): Said => ['', ago, change]

  add('hike', zh ? '周末徒步' : 'Weekend hike', [{ ...own, role: 'admin' }, ...friends], [
    did({ what: 'created', by: ME, of: [mei, wei, yun, chen, 'sip:kimura@jp.example'] }, 2_900),
    did({ what: 'joined', by: mei }, 2_880), did({ what: 'joined', by: wei }, 2_870), did({ what: 'promoted', by: ME, of: [wei] }, 2_860),
    did({ what: 'subject', by: wei, text: zh ? '周末徒步' : 'Weekend hike' }, 2_850),
    [wei, 210, zh ? '大家早！周日八点地铁站 B 口集合，走西线上山。' : 'Morning all! Sunday at eight, exit B of the station; we take the western path.'],
    [wei, 209, zh ? '记得带雨衣，山里可能下雨 ☔' : 'Bring a raincoat, it may rain up there ☔'],
    [mei, 190, zh ? '收到！午饭怎么安排？' : 'Got it! What about lunch?'],
    [yun, 186, zh ? '山顶有家面馆，我订位子。@王伟 一共几个人？' : 'There is a noodle shop at the top, I can book. @Wang Wei how many are we?'],
    [ME, 180, { kind: 'text', text: zh ? '@林美 你带相机吗？上次的照片大家都很喜欢。' : '@Mei Lin will you bring your camera? Everybody loved the last pictures.', mentions: [mei] }],
    [ME, 179, zh ? '我带茶。' : 'I bring tea.'],
    did({ what: 'invited', by: wei, of: ['sip:ouyang@yan.example'] }, 120),
    [mei, 44, { kind: 'text', text: zh ? '@沈兰 带！也帮你拍几张 📷' : '@Lan Shen yes! And I will take some of you 📷', mentions: [ME] }],
    ['sip:kimura@jp.example', 12, { kind: 'text', text: zh ? '@所有人 天气预报说下午有雷阵雨，要不要早半小时出发？' : '@all The forecast says thunderstorms in the afternoon. Shall we leave half an hour earlier?', mentions: ['all'] }],
    [wei, 6, zh ? '好主意，那就七点半。' : 'Good idea: half past seven then.'],
  ], { description: zh ? '每个月一次，风雨无阻。\n装备清单见置顶。' : 'Once a month, rain or shine.\nThe packing list is in the first message.', code: 'k7m2q9x4' }, { unread: 3, readPlace: 13, mention: 13 })

  add('office', zh ? '全员通知' : 'Everybody at the office', [own, ...crowd(language, 499)], [
    ['sip:staff3@yan.example', 700, zh ? '各位同事：端午节放假安排见附件，6 月 19 日至 21 日放假调休，共 3 天。' : 'Dear all, the holiday is from 19 to 21 June; please plan your work around it.'],
    ['sip:staff100@yan.example', 320, zh ? '三号楼电梯今天 14:00 至 16:00 检修，请走西侧楼梯。' : 'The lift in building three is being serviced from 14:00 to 16:00 today; please use the western stairs.'],
  ], { policies: { post: 'admins', add: 'admins', history: 'shared' }, icon: { hash: '2a', contentType: 'image/png' } }, { mutedUntil: -1, unread: 2, readPlace: 0 })

  add('read', zh ? '读书会' : 'Reading circle', [named(mei, '林美', 'Mei Lin', { role: 'admin' }), friends[2]!, friends[3]!, { ...own, state: 'invited' }], [], {
    state: 'invited', invitedBy: mei, mayPost: false, description: zh ? '每两周读一本书，周四晚上聊一小时。' : 'A book every two weeks, an hour on Thursday evenings.',
  }, { lastAt: NOW - 4 * MINUTE })

  add('gone', zh ? '去年的项目' : 'Last year’s project', [], [
    [mei, 90_000, zh ? '谢谢大家，合作愉快！' : 'Thank you all, it was a pleasure!'], did({ what: 'dissolved', by: mei }, 89_990),
  ], { state: 'gone', mayPost: false })

  add('out', zh ? '旧小区业主群' : 'Old neighbours', [], [[wei, 120_000, zh ? '停水通知' : 'No water tomorrow'], did({ what: 'left', by: ME }, 119_000)], { state: 'left', mayPost: false })

  add('long', zh ? '国际合作部与北京分公司及驻新加坡办事处联合筹备工作协调与信息通报群（二〇二六）' : 'Coordination of the Department of International Cooperation, the Beijing Branch and the Singapore Office, 2026', [
    { ...own, role: 'admin' }, named('sip:zhao.yifan.international.cooperation.department@subsidiary.example.com', '赵一帆（国际合作部·北京分公司·驻新加坡办事处）', 'Zhao Yifan, Department of International Cooperation, Beijing Branch, Singapore Office'), friends[4]!,
  ], [
    ['sip:zhao.yifan.international.cooperation.department@subsidiary.example.com', 3_000, zh ? '这个群的邀请链接：sip:conf-long@yan.example;code=z8k2m4p6' : 'The invitation to this group: sip:conf-long@yan.example;code=z8k2m4p6'],
    did({ what: 'policies', by: ME, text: 'post=admins;history=shared' }, 2_990), did({ what: 'removed', by: ME, of: ['sip:liu@yan.example', 'sip:zhou@yan.example', 'sip:wu@yan.example', 'sip:xu@yan.example'] }, 2_980),
  ])
  world.conversations.sort((a, b) => b.lastAt - a.lastAt)
  return groups
}

/** What main would do with groups, as far as a look at the window needs it. */
export function groupCommands(world: World, groups: Map<string, MadeGroup>, changed: (conversation: string) => void): Partial<Commands> {
  const find = (conversation: string) => {
    const made = groups.get(conversation)
    if (!made) throw new Fault('group-gone')
    return made
  }
  const change = (conversation: string, group: Partial<GroupView>, members = find(conversation).members) => {
    const next = { ...find(conversation).group, ...group, members: members.filter(({ state }) => state === 'joined').length }
    groups.set(conversation, { group: next, members })
    const { state, role, members: count, mayPost, icon, invitedBy } = next
    world.conversations = world.conversations.map((row) => (row.id === conversation
      ? { ...row, name: next.subject, group: { state, role, members: count, mayPost, ...(icon && { icon }), ...(invitedBy && { invitedBy }) } } : row))
    changed(conversation)
  }
  const cannot = (address: string) => (address.includes('david') ? 'not-acceptable' : address.includes('nobody') ? 'unknown-recipient' : undefined)
  return {
    groupCandidates: async (addresses) => addresses.map((address) => {
      const code = cannot(address)
      return { address, ...(code && { fault: { code } }) }
    }),
    async createGroup(id, { subject, members }) {
      const conversation = `sip:conf-${id.slice(0, 8)}@yan.example`
      groups.set(conversation, {
        group: { conversation, subject, version: 1, limit: 500, policies: { post: 'all', add: 'all', history: 'hidden' }, state: 'joined', role: 'admin', members: 1, mayPost: true },
        members: [{ address: ME, role: 'admin', state: 'joined' }, ...members.map((address): GroupMember => ({ address, role: 'member', state: 'invited' }))],
      })
      world.threads.set(conversation, [])
      world.conversations = [{ id: conversation, name: subject, count: 0, lastAt: NOW, readPlace: 0, unread: 0, group: { state: 'joined', role: 'admin', members: 1, mayPost: true } }, ...world.conversations]
      changed(conversation)
      return { conversation, leftOut: members.filter((one) => one.includes('liu')).map((address) => ({ address, fault: { code: 'not-acceptable' as const } })) }
    },
    group: async (conversation) => find(conversation),
    inviteToGroup: async (conversation, members) => {
      change(conversation, {}, [...find(conversation).members, ...members.map((address): GroupMember => ({ address, role: 'member', state: 'invited' }))])
      return { leftOut: [] }
    },
    answerInvitation: async (conversation, answer) => change(conversation, answer === 'accept' ? { state: 'joined', mayPost: true } : { state: 'left' }),
    joinGroup: async (link) => {
      const conversation = link.replace(/;.*$/, '')
      if (link.endsWith('z8k2m4p6')) return find(conversation).group.conversation
      throw new Fault('wrong-code')
    },
    removeFromGroup: async (conversation, member) => change(conversation, member === ME ? { state: 'left', mayPost: false } : {}, find(conversation).members.filter(({ address }) => address !== member)),
    dissolveGroup: async (conversation) => change(conversation, { state: 'gone', mayPost: false }, []),
    setGroupRole: async (conversation, member, role) =>
      change(conversation, member === ME ? { role } : {}, find(conversation).members.map((one) => (one.address === member ? { ...one, role } : one))),
    async changeGroup(conversation, { subject, description, icon, policies, code }) {
      const { icon: had, code: last, ...rest } = find(conversation).group
      // What the window keeps here is no picture that can be read again.
      const nextIcon = icon ? { ...icon, hash: '2a' } : icon === undefined ? had : undefined
      const nextCode = code === undefined ? last : code === 'new' ? 'n3w2c0d3' : undefined
      groups.set(conversation, { ...find(conversation), group: { ...rest, ...(nextIcon && { icon: nextIcon }), ...(nextCode && { code: nextCode }) } })
      change(conversation, { ...(subject !== undefined && { subject }), ...(description !== undefined && { description }), ...(policies && { policies }) })
    },
    async memberReceipts(conversation, id) {
      const at = world.threads.get(conversation)?.find((one) => one.id === id)?.at ?? NOW
      const others = find(conversation).members.filter(({ address, state }) => address !== ME && state === 'joined')
      return others.map(({ address }, n): MemberReceipt => ({
        address, ...(n % 5 < 4 && { delivered: at + 400 + n * 61 }), ...(n % 5 < 2 && { displayed: at + 40_000 + n * 9_000 }),
      }))
    },
    mute: async (conversation, until) => {
      world.conversations = world.conversations.map((row) => (row.id === conversation ? { ...row, mutedUntil: until } : row))
      changed(conversation)
    },
  }
}

