import { Fault } from '../../../../base/faults'
import type { Feature } from '../../../../rcs/capabilities'
import type { Bot } from '../../bot'
import { problemsOfInfo, problemsOfMenu } from '../../checks'
import type { Dialect, DialectParts } from '../../dialect'
import type { BotExchange } from '../../exchange'
import { Fields } from '../../fields'
import { Invalid, mustBeRight, type Problem } from '../../invalid'
import { readPosted } from './read'
import { eventJson, fileJson, signedNotice, wordOf } from './write'

const prefix = '/rcs/bot/v1/'

/** FNW.11's names of what a contact's client can, by the tags that say so. */
const capabilities: readonly (readonly [name: string, feature: Feature])[] = [
  ['chat', 'pager'], ['fileTransfer', 'file-transfer'], ['geolocationPush', 'geolocation'], ['chatBotCommunication', 'chatbot'], ['chatBotCommunication', 'chatbot-session'],
]

/** The GSMA MaaP API of FNW.11 (rcs.md 5.1). */
export function gsmaDialect({ gateway, keys, files, clock }: DialectParts): Dialect {
  /** The bot of the path, proved by its token. */
  const botOf = (exchange: BotExchange, id: string): Promise<Bot> =>
    keys.ofToken(exchange.bearer, { host: exchange.host, dialect: 'gsma', address: gateway.address(id) })

  async function post(exchange: BotExchange, bot: Bot): Promise<void> {
    const posted = await readPosted(await exchange.object(), (url) => files.behind(url))
    if (posted.kind === 'typing') {
      await gateway.typing(bot, posted.to, posted.isActive)
      return exchange.json(202, { RCSMessage: { isTyping: posted.isActive ? 'active' : 'idle' } })
    }
    const sent = await gateway.send(bot, { ...posted, to: [posted.to] })
    exchange.json(202, { RCSMessage: { msgId: sent.id, status: 'pending' }, messageContact: { userContact: gateway.contact(sent.to[0]!) } })
  }

  async function status(exchange: BotExchange, bot: Bot, id: string): Promise<void> {
    if (exchange.method === 'GET') {
      const [{ status: is, changedAt, reason }] = await gateway.status(bot, id)
      return exchange.json(200, { RCSMessage: { msgId: id, status: wordOf(is), timestamp: new Date(changedAt).toISOString(), ...(reason !== null && { reason }) } })
    }
    only(exchange, 'PUT', 'GET, PUT')
    const problems: Problem[] = []
    const asked = new Fields(await exchange.object(), '', problems).within('RCSMessage', true).word('status', ['cancelled', 'displayed'], true)
    mustBeRight(problems)
    if (asked === 'displayed') await gateway.displayed(bot, id)
    else if (!(await gateway.revoke(bot, id)).done.length) throw new Fault('not-acceptable', { text: `${id} has left already` })
    exchange.json(200, { RCSMessage: { msgId: id, status: asked! } })
  }

  async function upload(exchange: BotExchange, bot: Bot): Promise<void> {
    const { fields, files: [first] } = await files.take(bot, exchange, (name) => name === 'fileContent', untilOf)
    const url = fields.get('fileUrl')
    if (!first && !url) throw new Invalid([{ field: 'fileContent', text: 'is missing, and so is fileUrl' }])
    const kept = first?.kept ?? await files.fetch(bot, url!, { type: fields.get('fileType'), until: untilOf(fields) })
    await gateway.tell(bot, { kind: 'file', id: kept.id, at: clock.now(), file: kept.file })
    exchange.json(200, { file: fileJson(kept.id, kept.file) })
  }

  async function file(exchange: BotExchange, bot: Bot, id: string): Promise<void> {
    if (exchange.method === 'GET') return exchange.json(200, { file: fileJson(id, (await files.find(bot, id)).file) })
    only(exchange, 'DELETE', 'GET, DELETE')
    await files.remove(bot, id)
    exchange.say({ status: 204 })
  }

  /** Of ours, as FNW.11 has none: what a bot says of itself, and its menu. */
  async function facts(exchange: BotExchange, bot: Bot, what: 'info' | 'menu'): Promise<void> {
    if (exchange.method === 'GET') {
      const said = await gateway.said(bot, what)
      if (!said) throw new Fault('file-gone', { text: `no ${what} was set` })
      return exchange.json(200, { version: said.version, [what]: said.value }, { ETag: `"${said.version}"` })
    }
    only(exchange, 'PUT', 'GET, PUT')
    const value = await exchange.object()
    mustBeRight(what === 'info' ? problemsOfInfo(value) : problemsOfMenu(value))
    exchange.json(200, { version: await gateway.say(bot, what, value) })
  }

  async function contact(exchange: BotExchange, bot: Bot): Promise<void> {
    const asked = exchange.query.get('userContact') ?? exchange.query.get('chatId')
    if (!asked) throw new Invalid([{ field: 'userContact', text: 'is missing' }])
    const { address, features, botVersions } = await gateway.capabilities(bot, asked)
    const names = [...new Set(capabilities.flatMap(([name, feature]) => (features.has(feature) ? [name] : [])))]
    exchange.json(200, { messageContact: { userContact: gateway.contact(address) }, capabilities: names, ...(botVersions.length && { botVersions }) })
  }

  return {
    name: 'gsma',
    owns: (path) => path.startsWith(prefix),
    async serve(exchange) {
      const [, , , id = '', part = '', name, end, ...more] = exchange.segments
      const bot = await botOf(exchange, id)
      if (more.length) throw nothing()
      if (part === 'messages' && name === undefined) return only(exchange, 'POST', 'POST'), post(exchange, bot)
      if (part === 'messages' && end === 'status') return status(exchange, bot, name!)
      if (part === 'contactCapabilities' && name === undefined) return only(exchange, 'GET', 'GET'), contact(exchange, bot)
      if (part === 'files' && name === undefined && exchange.method === 'GET') {
        return exchange.json(200, { files: (await files.list(bot)).map((each) => fileJson(each.id, each.file)) })
      }
      if (part === 'files' && name === undefined) return only(exchange, 'POST', 'GET, POST'), upload(exchange, bot)
      if (part === 'files' && end === undefined) return file(exchange, bot, name!)
      if ((part === 'info' || part === 'menu') && name === undefined) return facts(exchange, bot, part)
      throw nothing()
    },
    refuse({ fault, status: code, words, headers }) {
      const fields = fault instanceof Invalid ? fault.problems : undefined
      const { field } = fault.detail
      return {
        status: code, headers, type: 'application/json; charset=utf-8',
        text: JSON.stringify({ error: { code, reason: fault.code, message: words, ...(field !== undefined && { field }), ...(fields && { fields }) } }),
      }
    },
    notices(event, { webhook, secret }) {
      const value = eventJson(event, (address) => gateway.contact(address))
      return value ? [signedNotice(webhook, secret, value)] : []
    },
  }
}

const nothing = (): Fault => new Fault('file-gone', { text: 'nothing is here' })

function only(exchange: BotExchange, method: string, allow: string): void {
  if (exchange.method !== method) throw new Fault('not-allowed', { text: `only ${allow}`, detail: { allow } })
}

function untilOf(fields: ReadonlyMap<string, string>): number | undefined {
  const at = Date.parse(fields.get('until') ?? '')
  return Number.isNaN(at) ? undefined : at
}
