import { defaultSettings, type AppState, type PeerView } from '../../../src-main/contract/calls'
import type { Content, Conversation, Hop, Message, Status } from '../../../src-main/contract/message'
import type { FaultView } from '../../../src-main/contract/faults'
import { lines, longText, people } from './lines'
import { sentFiles } from './sent-files'

/** Noon of a Tuesday: the gallery's clock starts here. */
export const NOW = new Date(2026, 4, 12, 15, 24, 30).getTime()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const ME = 'sip:lan@yan.example'

/** A small generator with a seed, so that every run shows the same. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export interface World {
  app: AppState
  conversations: Conversation[]
  threads: Map<string, Message[]>
  peers: Map<string, Partial<PeerView>>
}

const message = (conversation: string, place: number, outgoing: boolean, at: number, content: Content, status: Status, fault?: FaultView): Message => ({
  conversation, place, id: `m${place}x${conversation.length}`, from: outgoing ? ME : conversation, outgoing, at, sentAt: at, content, status, ...(fault && { fault }),
})

function thread(conversation: string, count: number, lastAt: number, language: 'zh' | 'en', seed: number): Message[] {
  const random = seeded(seed)
  const texts = lines[language]
  const list: Message[] = []
  let at = lastAt
  let outgoing = random() < 0.5
  for (let place = count - 1; place >= 0; place--) {
    list.push(message(conversation, place, outgoing, at, { kind: 'text', text: texts[Math.floor(random() * texts.length)]! }, outgoing ? 'displayed' : 'delivered'))
    if (random() < 0.55) outgoing = !outgoing
    at -= Math.round((random() < 0.75 ? random() * 4 : 30 + random() * 500) * MINUTE)
  }
  return list.reverse()
}

/** What was said: by us or not, how many minutes ago, what, how far it came, and why it failed. */
export type Said = [out: boolean, ago: number, what: string | Content, status?: Status, fault?: FaultView]

const texts = (conversation: string, said: Said[]): Message[] =>
  said.map(([out, ago, what, status, fault], place) =>
    message(conversation, place, out, NOW - ago * MINUTE, typeof what === 'string' ? { kind: 'text', text: what } : what, status ?? (out ? 'displayed' : 'delivered'), fault))

/** 30 conversations, one of them with 10,000 messages or `many` more than twelve. */
export function makeWorld(language: 'zh' | 'en', many = 9_986): World {
  const threads = new Map<string, Message[]>()
  const unread = new Map<string, number>()
  const names = new Map<string, string>()
  const drafts = new Map<string, string>()
  const bots = new Set<string>()
  const peers = new Map<string, Partial<PeerView>>()
  const add = (id: string, name: string, list: Message[], news = 0) => {
    threads.set(id, list)
    if (name) names.set(id, name)
    unread.set(id, news)
  }

  const zh = language === 'zh'
  const mei = 'sip:mei@yan.example'
  add(mei, zh ? '林美' : 'Mei Lin', [...thread(mei, many, NOW - 26 * HOUR, language, 7), ...texts(mei, [
    [false, 190, zh ? '早！昨天的方案我看完了 👍' : 'Morning! I have read yesterday’s proposal 👍'],
    [false, 189, zh ? '整体很清楚，只有第三页的时间线想再确认一下。' : 'Very clear overall; only the timeline on page three needs another look.'],
    [true, 150, zh ? '好，是交付日期那一段吗？' : 'Sure, is it the delivery date?'],
    [false, 148, zh ? '对。客户希望 6 月 18 日前能看到 demo，我们现在写的是 6 月底。' : 'Yes. The client hopes to see a demo before 18 June, and we wrote end of June.'],
    [true, 147, zh ? '那我今天下午和 Wang 过一遍，看能不能提前一周。如果把图片压缩那部分放到第二阶段，应该来得及。' : 'I will go through it with Wang this afternoon and see whether we can be a week earlier. If image compression moves to phase two, it should fit.'],
    [true, 146, zh ? '晚点给你准信' : 'Will tell you for sure later'],
    [false, 140, zh ? '太好了，谢谢！' : 'Great, thank you!'],
    [false, 139, '🎉'],
    [false, 64, zh ? '会议链接在这里：https://meet.example.com/room/8812?pwd=x7，三点半开始。' : 'The link for the meeting: https://meet.example.com/room/8812?pwd=x7, half past three.'],
    [true, 60, zh ? '收到，我会提前五分钟进。' : 'Got it, I will be there five minutes early.'],
    [true, 12, zh ? '路上有点堵，可能晚到两分钟' : 'Some traffic here, I may be two minutes late', 'delivered'],
    [true, 2, zh ? '到楼下了' : 'I am downstairs', 'sent'],
  ])].map((one, place) => ({ ...one, place, id: `mei${place}` })))
  peers.set(mei, { online: true, reach: 'rcs' })

  const echo = 'sip:echo@yan.example'
  add(echo, zh ? '回声' : 'Echo', texts(echo, [
    [false, 30, zh ? '您好！我会把您说的话说回来。' : 'Hello! I say back whatever you say.'], [true, 29, zh ? '你好，回声' : 'Hello, echo'], [false, 29, zh ? '你好，回声' : 'Hello, echo'],
  ]))
  bots.add(echo)

  const wei = 'tel:+8613800138000'
  add(wei, zh ? '王伟' : 'Wang Wei', [...thread(wei, 120, NOW - 20 * HOUR, language, 3), ...texts(wei, [
    [false, 45, zh ? '周末的徒步你来吗？' : 'Are you coming to the hike on Sunday?'],
    [false, 44, zh ? '我们八点在地铁站 B 口集合' : 'We meet at eight at exit B of the station'],
    [false, 43, zh ? '记得带雨衣，山里可能下雨 ☔' : 'Bring a raincoat, it may rain up there ☔'],
    [false, 20, zh ? '还有，午饭大家一起 AA' : 'And we share lunch'],
    [false, 5, zh ? '你回我一声就行，我好订车。' : 'Just tell me, so that I can book the bus.'],
  ])].map((one, place) => ({ ...one, place, id: `wei${place}` })), 5)
  peers.set(wei, { online: false, reach: 'rcs' })

  const chen = 'sip:chenxiaoming@office.example.org'
  add(chen, zh ? '陈小明' : 'Chen Xiaoming', texts(chen, [
    [false, 400, zh ? '合同发你了吗？' : 'Did the contract reach you?'],
    [true, 380, zh ? '还没有，麻烦再发一次' : 'Not yet, could you send it again?'],
    [false, 370, { kind: 'unsupported', contentType: 'application/vnd.gsma.rcs-ft-http+xml', size: 812 }],
    [true, 300, zh ? '这边打不开，能转成 PDF 吗？' : 'I cannot open it here, could you make it a PDF?', 'failed', { code: 'unknown-recipient' }],
    [true, 90, zh ? '我换个号码再试一次' : 'Trying your other number', 'failed', { code: 'no-answer' }],
    [true, 3, zh ? '看到请回' : 'Please answer when you see this', 'queued'],
  ]))

  const yun = 'sip:yun@yan.example'
  add(yun, zh ? '方云' : 'Fang Yun', texts(yun, [
    [false, 60, zh ? '晚上在哪里见？' : 'Where do we meet tonight?'],
    [true, 58, { kind: 'location', location: { latitude: 30.259924, longitude: 120.130653, label: zh ? '楼外楼（孤山路 30 号）' : 'Louwailou, 30 Gushan Road', radius: 20 } }],
    [false, 52, { kind: 'files', files: [{ name: 'mei.vcf', contentType: 'text/vcard', size: 812, hash: 'c'.repeat(64) }] }],
    [false, 50, { kind: 'location', location: { latitude: -33.8568, longitude: 151.2153 } }],
    [true, 4, { kind: 'location', location: { latitude: 39.9042, longitude: 116.4074, label: zh ? '公司' : 'The office' } }, 'failed', { code: 'no-answer' }],
  ]))

  const long = 'sip:zhao.yifan.international.cooperation.department@subsidiary.example.com'
  add(long, zh ? '赵一帆（国际合作部·北京分公司·驻新加坡办事处）' : 'Zhao Yifan, Department of International Cooperation, Beijing Branch, Singapore Office', texts(long, [
    [false, 1_500, longText[language]],
    [true, 1_490, zh ? '看完了，写得很好。http://аpple.com/login 这种链接以后要小心。' : 'Read it all, well written. Careful with links such as http://аpple.com/login though.'],
    [false, 1_480, { kind: 'expired' }],
    [true, 1_470, 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft https://example.com/a/very/long/path/that/goes/on/and/on/and/never/seems/to/end/because/somebody/wanted/it?so=true&and=more'],
  ]))
  drafts.set(long, zh ? '关于第二部分，我想补充一点：' : 'About the second part, I would like to add:')

  const [old, bank] = ['sip:group-1@kept.invalid', 'sip:ICBC@kept.invalid']
  const [hai, mama] = ['sip:+8613900139000@yan.example', 'sip:+8613700137000@yan.example']
  const pictures = (...hashes: string[]) => hashes.map((hash, n) => ({ name: `IMG_2019${n}.png`, contentType: 'image/png', size: 48_000, hash }))
  add(old, zh ? '阿海、妈妈' : 'Hai, Mum', texts(old, [
    [false, 400_000, { kind: 'files', text: zh ? '西湖今天真美' : 'West Lake is beautiful today', files: pictures('28') }],
    [false, 399_999, zh ? '下次一起去' : 'Next time together'],
    [true, 399_990, { kind: 'files', files: [...pictures('9ct'), { name: zh ? '行程安排（最终版）.pdf' : 'Itinerary, final.pdf', contentType: 'application/pdf', size: 1_240_000, hash: 'ab' }] }],
    [false, 399_980, { kind: 'files', files: [{ name: 'VID_0012.3gp', contentType: 'video/3gpp', size: 0, hash: '' }] }],
    [false, 399_970, { kind: 'files', text: zh ? '最后一张' : 'The last one', files: pictures('c0') }],
  ]).map((one, place) => (one.outgoing ? one : { ...one, from: place % 3 === 0 ? hai : mama })))
  add(bank, '', texts(bank, [[false, 500_000, zh ? '您尾号1234卡支出 12.00 元' : 'You spent 12.00 yuan'], [false, 499_000, '']]))

  const photos = 'sip:photos@yan.example'
  add(photos, zh ? '周晓' : 'Zhou Xiao', texts(photos, sentFiles(language)).map((one, place) => ({ ...one, id: `sent-file-${place}` })))

  const empty = 'sip:new.friend@yan.example'
  add(empty, '', [])

  people[language].forEach(([id, name], index) => {
    const news = [0, 2, 0, 0, 128, 0, 0, 1, 0, 0, 0, 0, 3][index % 13]!
    const at = NOW - [0.3, 3, 7, 21, 27, 50, 76, 100, 150, 200, 400, 900, 3_000, 9_000][index % 14]! * HOUR - index * 7 * MINUTE
    const list = thread(id, 12 + ((index * 37) % 160) + news, at, language, index + 11)
    if (news > 0) list.slice(-news).forEach((one) => Object.assign(one, { outgoing: false, from: id, status: 'delivered' }))
    add(id, name, list, news)
    if (index === 6) bots.add(id)
  })

  const conversations = [...threads].map(([id, list]): Conversation => {
    const last = list.at(-1)
    const news = unread.get(id) ?? 0
    return {
      id, ...(names.has(id) && { name: names.get(id)! }), ...(bots.has(id) && { isChatbot: true }), count: list.length, lastAt: last?.at ?? NOW - 5 * HOUR,
      ...(last && { last: { id: last.id, outgoing: last.outgoing, status: last.status, content: last.content, at: last.at } }),
      readPlace: list.length - news, unread: news, ...(drafts.has(id) && { draft: drafts.get(id)! }),
    }
  })
  return {
    threads, peers, conversations: conversations.sort((a, b) => b.lastAt - a.lastAt),
    app: {
      version: '0.1.0', host: 'browser', platform: 'linux', content: '/content/x/', link: { at: 'online' }, settings: { ...defaultSettings, language },
      account: { address: ME, relay: 'sip:yan.example:5060;transport=tls', isLocalTrial: false, journal: 'gallery' },
    },
  }
}

/** A journey that fits a message. */
export function journeyOf({ at, outgoing, status, fault, conversation }: Message): Hop[] {
  if (!outgoing) return [{ at: at + 120, event: 'received', by: 'network' }, { at: at + 131, event: 'kept', by: 'this computer' }]
  const hops: Hop[] = [{ at, event: 'kept', by: 'this computer' }]
  if (status === 'queued') return [...hops, { at: at + 8, event: 'sending', by: 'network' }, { at: at + 32_000, event: 'retry', by: 'this computer', fault: { code: 'no-answer' } }]
  hops.push({ at: at + 8, event: 'sending', by: 'network' })
  if (status === 'failed') return [...hops, { at: at + 96, event: 'failed', by: 'network', answer: '404 Not Found', fault: fault ?? { code: 'refused' } }]
  hops.push({ at: at + 61, event: 'answered', by: 'network', answer: '202 Accepted' }, { at: at + 62, event: 'sent', by: 'relay' })
  if (status === 'delivered' || status === 'displayed') hops.push({ at: at + 410, event: 'delivered', by: conversation })
  if (status === 'displayed') hops.push({ at: at + 73_410, event: 'displayed', by: conversation })
  return hops
}
