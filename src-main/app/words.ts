import type { Settings } from '../contract/calls'
import { cardTitle } from '../contract/card'
import { fileKind } from '../contract/files'
import type { Content } from '../contract/message'

export type Language = 'zh' | 'en'

/** What the program itself says outside its windows: in notifications and as the echo. The window has its own locales. */
const words = {
  zh: {
    app: '雁信', fresh: '有新消息', unsupported: '［此版本无法显示的消息］', group: '［群组有变动］', invites: (name: string) => `${name} 邀请您加入群组`, invited: '您受邀加入群组', mentions: '［提到了您］', expired: '［一条消息已过期，未能送达］', echo: '小雁',
    files: { picture: '［图片］', video: '［视频］', sound: '［语音］', contact: '［名片］', file: '［文件］' }, location: '［位置］', card: '［卡片］', shared: '［已告知设备信息］',
  },
  en: {
    app: 'Yanxin', fresh: 'New message', unsupported: '[A message that this version cannot show]', group: '[The group has changed]', invites: (name: string) => `${name} invites you to this group`, invited: 'You are invited to this group', mentions: '[Mentions you]', expired: '[A message expired before it arrived]', echo: 'Goose',
    files: { picture: '[Picture]', video: '[Video]', sound: '[Voice]', contact: '[Contact]', file: '[File]' }, location: '[Location]', card: '[Card]', shared: '[Told about this device]',
  },
} as const

/** @param system BCP 47, e.g. `zh-Hans-CN` */
export const languageOf = ({ language }: Pick<Settings, 'language'>, system: string): Language =>
  language !== 'auto' ? language : /^zh\b/i.test(system) ? 'zh' : 'en'

export const echoName = (language: Language): string => words[language].echo

const longest = 300

interface Told {
  content: Content
  from: string
  name?: string | undefined
  /** It was said in a group. */
  group?: { address: string; name: string; author: string | undefined }
  isMention?: boolean
}

/** A notification's two lines, in a group with who said it. Hidden ones say neither who nor what. */
export function noticeText({ content, from, name, group, isMention }: Told, hidden: boolean, language: Language): { title: string; body: string } {
  const said = words[language]
  if (hidden) return { title: said.app, body: said.fresh }
  if (!group) return { title: name || shortAddress(from), body: preview(content, language) }
  const author = group.author || shortAddress(from)
  const isInvitation = content.kind === 'group' && content.change.what === 'invited'
  const body = !isInvitation ? `${author}: ${preview(content, language)}` : from === group.address ? said.invited : said.invites(author)
  return { title: group.name || said.app, body: isMention ? `${said.mentions} ${body}` : body }
}

function preview(content: Content, language: Language): string {
  const line = contentLine(content, language).replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

function contentLine(content: Content, language: Language): string {
  const said = words[language]
  switch (content.kind) {
    case 'text': case 'answer': return content.text
    case 'files': return content.files.map((file) => said.files[fileKind(file)]).slice(0, 3).join('') + (content.text ?? '')
    case 'location': return said.location + (content.location.label ?? '')
    case 'cards': return said.card + (cardTitle(content) ?? '')
    case 'shared': case 'expired': case 'unsupported': case 'group': return said[content.kind]
  }
}

/** `sip:mei@office.example` is shown as `mei@office.example`, a number as itself. */
const shortAddress = (address: string): string => address.replace(/^(sips?|tel):/, '')
