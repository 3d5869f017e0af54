import { Fault } from '../../../../base/faults'
import type { Bot } from '../../bot'
import type { Dialect, DialectParts } from '../../dialect'
import type { BotExchange } from '../../exchange'
import { Fields } from '../../fields'
import { Invalid, mustBeRight, type Problem } from '../../invalid'
import { readAgentMessage } from './read'
import { pushed, userJson } from './write'

/** google.rpc.Code by HTTP status. */
const words: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED', 404: 'NOT_FOUND', 409: 'ALREADY_EXISTS', 413: 'INVALID_ARGUMENT', 429: 'RESOURCE_EXHAUSTED', 503: 'UNAVAILABLE',
}
/** What a client that shows chatbots' messages can. */
const features = ['RICHCARD_STANDALONE', 'RICHCARD_CAROUSEL', 'ACTION_CREATE_CALENDAR_EVENT', 'ACTION_DIAL', 'ACTION_OPEN_URL', 'ACTION_SHARE_LOCATION', 'ACTION_VIEW_LOCATION']

/** Google's RCS for Business API (rcs.md 5.4). The bearer token is one of ours: a service account of Google's is none. */
export function googleDialect({ gateway, keys, files, clock, ids }: DialectParts): Dialect {
  const botOf = (exchange: BotExchange): Promise<Bot> => {
    const agent = exchange.query.get('agentId')
    return keys.ofToken(exchange.bearer, { host: exchange.host, dialect: 'google', ...(agent && { address: gateway.address(agent) }) })
  }

  async function send(exchange: BotExchange, bot: Bot, phone: string): Promise<void> {
    const id = exchange.query.get('messageId')
    if (!id) throw new Invalid([{ field: 'messageId', text: 'is missing in the query' }])
    const body = await exchange.object()
    const message = await readAgentMessage(body, {
      behind: (url) => files.behind(url),
      fetch: (url) => files.fetch(bot, url, {}).then(({ file }) => file),
      named: (name) => files.find(bot, name).then(({ file }) => file, () => undefined),
    }, clock.now())
    await gateway.send(bot, { ...message, id, to: [phone], said: body })
    exchange.json(200, { name: `phones/${phone}/agentMessages/${id}`, sendTime: new Date(clock.now()).toISOString(), ...body })
  }

  async function event(exchange: BotExchange, bot: Bot, phone: string): Promise<void> {
    const problems: Problem[] = []
    const asked = new Fields(await exchange.object(), '', problems)
    const eventType = asked.word('eventType', ['READ', 'IS_TYPING'], true)
    const messageId = asked.text('messageId', { most: 512, isNeeded: eventType === 'READ' })
    mustBeRight(problems)
    if (eventType === 'READ') await gateway.displayed(bot, messageId!)
    else await gateway.typing(bot, phone, true)
    exchange.json(200, { name: `phones/${phone}/agentEvents/${exchange.query.get('eventId') ?? ids.uuid()}`, eventType, ...(messageId !== undefined && { messageId }) })
  }

  async function capabilities(exchange: BotExchange, bot: Bot, phone: string): Promise<void> {
    const { botVersions, features: theirs } = await gateway.capabilities(bot, phone)
    if (!botVersions.length && !theirs.has('chatbot') && !theirs.has('chatbot-session')) throw new Fault('unknown-recipient', { text: `${phone} takes no messages of chatbots` })
    exchange.json(200, { name: `phones/${phone}/capabilities`, features })
  }

  async function keep(exchange: BotExchange, bot: Bot, isBody: boolean): Promise<void> {
    if (isBody) return exchange.json(200, { name: (await files.put(bot, exchange, exchange.query.get('fileName') ?? 'file')).id })
    const problems: Problem[] = []
    const url = new Fields(await exchange.object(), '', problems).url('fileUrl', true)
    mustBeRight(problems)
    exchange.json(200, { name: (await files.fetch(bot, url!, {})).id })
  }

  return {
    name: 'google',
    owns: (path) => /^\/(?:upload\/)?v1\/(?:phones|files)(?:\/|$)/.test(path),
    async serve(exchange) {
      const bot = await botOf(exchange)
      const [root, ...rest] = exchange.segments
      if (root === 'upload' && exchange.method === 'POST') return keep(exchange, bot, true)
      const [kind, phone = '', part, id] = rest
      const call = `${exchange.method} ${kind} ${part ?? ''}`
      if (call === 'POST files ') return keep(exchange, bot, false)
      if (call === 'POST phones agentMessages' && id === undefined) return send(exchange, bot, phone)
      if (call === 'POST phones agentEvents') return event(exchange, bot, phone)
      if (call === 'GET phones capabilities') return capabilities(exchange, bot, phone)
      if (call === 'DELETE phones agentMessages' && id !== undefined) {
        await gateway.revoke(bot, id)
        return exchange.json(200, {})
      }
      throw new Fault('file-gone', { text: 'nothing is here' })
    },
    refuse({ fault, status, words: message, headers }) {
      const violations = fault instanceof Invalid ? fault.problems.map(({ field, text }) => ({ field, description: text })) : []
      return {
        status, headers, type: 'application/json; charset=utf-8',
        text: JSON.stringify({ error: {
          code: status, message, status: words[status] ?? 'INTERNAL',
          ...(violations.length && { details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }] }),
        } }),
      }
    },
    notices(told, { address, webhook, secret }) {
      const value = userJson(told, { agentId: address, contactOf: (contact) => gateway.contact(contact), eventId: () => ids.uuid() })
      return value ? [pushed(webhook, secret, value, { id: ids.token(), at: clock.now() })] : []
    },
  }
}
