import { Fault } from '../../../../base/faults'
import type { FaultCode } from '../../../../contract/faults'
import { SECOND } from '../../../../base/clock'
import type { Bot } from '../../bot'
import { problemsOfMenu } from '../../checks'
import type { Dialect, DialectParts } from '../../dialect'
import type { BotExchange } from '../../exchange'
import { Fields } from '../../fields'
import { mustBeRight, type Problem } from '../../invalid'
import { AccessTokens, EXPIRES } from './access'
import { readMessage, textsIn } from './read'
import { filesOf, noticeOf, signatureOf } from './write'

/** rcs.md 5.2: -1 busy, 20002 parameters, 3000x quotas, 40014 and 42001 tokens, 60001 content. */
const codes: Partial<Record<FaultCode, number>> = {
  malformed: 20002, 'bad-type': 20002, 'unknown-recipient': 20002, 'file-gone': 20002, 'not-acceptable': 20002, 'not-allowed': 20002,
  'quota-reached': 30001, busy: 30002, 'wrong-password': 40014, 'not-yourself': 40014, expired: 42001, 'too-large': 60001, 'file-too-large': 60001, refused: 60001,
}

const pattern = /^\/bot\/[^/]+\/[^/]+\/./

/** The JSON API of China Telecom and China Unicom (rcs.md 5.2). */
export function telecomDialect({ gateway, keys, files, clock, ids }: DialectParts): Dialect {
  const access = new AccessTokens(clock)
  const uriOf = (address: string): string => gateway.uri(address)

  async function grant(exchange: BotExchange, address: string): Promise<void> {
    const problems: Problem[] = []
    const asked = new Fields(await exchange.object(), '', problems)
    const [appId, appKey] = [asked.text('appId', { most: 256, isNeeded: true }), asked.text('appKey', { most: 256, isNeeded: true })]
    mustBeRight(problems)
    if (gateway.address(appId!) !== address) throw new Fault('not-yourself', { text: 'appId is of another bot' })
    const bot = await keys.ofToken(appKey!, { host: exchange.host, dialect: 'telecom', address })
    exchange.json(200, { accessToken: access.give(bot), expires: EXPIRES, url: exchange.path.replace(/\/accessToken$/, ''), errorCode: 0, errorMessage: '' })
  }

  function botOf(exchange: BotExchange, address: string): Promise<Bot> {
    const token = /^accessToken +(\S{1,500})$/i.exec(exchange.header('authorization') ?? '')?.[1] ?? ''
    return keys.prove({ host: exchange.host, dialect: 'telecom', address, find: () => Promise.resolve(keys.registry.find(access.find(token) ?? '')) })
  }

  async function send(exchange: BotExchange, bot: Bot): Promise<void> {
    const { sender, ...outgoing } = await readMessage(await exchange.object(), (url) => files.behind(url))
    gateway.mustBe(bot, sender)
    const { id, conversation, contribution } = await gateway.send(bot, outgoing)
    exchange.json(200, { messageId: id, conversationId: conversation, contributionId: contribution, errorCode: 0, errorMessage: '' })
  }

  async function revoke(exchange: BotExchange, bot: Bot): Promise<void> {
    const problems: Problem[] = []
    const asked = new Fields(await exchange.object(), '', problems)
    const id = asked.text('messageId', { most: 128, isNeeded: true })
    if (asked.has('destinationAddress')) textsIn(asked, 'destinationAddress')
    asked.word('status', ['RevokeRequested'])
    mustBeRight(problems)
    await gateway.revoke(bot, id!)
    exchange.json(200, { messageId: id, errorCode: 0, errorMessage: '' })
  }

  async function media(exchange: BotExchange, bot: Bot, what: string): Promise<void> {
    if (what === 'upload') {
      const { files: kept } = await files.take(bot, exchange, (name) => /^(?:file|thumbnail)$/i.test(name), () => undefined)
      if (!kept.length) throw new Fault('malformed', { text: 'a form without a part File', detail: { field: 'File' } })
      return exchange.json(200, { errorCode: 0, errorMessage: '', fileCount: kept.length, totalCount: kept.length, fileInfo: kept.map(({ kept: { file } }) =>
        ({ ...filesOf(file).at(-1), ...(file.hash !== undefined && { fileHashAlgorithm: 'SHA-256', fileHashValue: file.hash }) })) })
    }
    const url = exchange.header('url') ?? String((await exchange.object())['url'] ?? '')
    const { id, file } = await files.at(bot, url)
    if (what === 'download') return exchange.say({ status: 302, headers: { Location: file.url } })
    await files.remove(bot, id)
    exchange.json(200, { errorCode: 0, errorMessage: '' })
  }

  async function facts(exchange: BotExchange, bot: Bot, what: 'info' | 'menu'): Promise<void> {
    const value = await exchange.object()
    if (what === 'menu') mustBeRight(problemsOfMenu(value))
    exchange.json(200, { errorCode: 0, errorMessage: '', version: await gateway.say(bot, what, value) })
  }

  async function find(exchange: BotExchange, bot: Bot): Promise<void> {
    const [info, menu] = await Promise.all([gateway.said(bot, 'info'), gateway.said(bot, 'menu')])
    exchange.json(200, { ...(info?.value as object), ...(menu?.value as object), chatbotId: bot.address, serviceName: bot.name, errorCode: 0, errorMessage: '' })
  }

  return {
    name: 'telecom',
    owns: (path) => pattern.test(path),
    async serve(exchange) {
      const [, , id = '', ...rest] = exchange.segments
      const address = gateway.address(id)
      const call = `${exchange.method} ${rest.join('/')}`
      if (call === 'POST accessToken') return grant(exchange, address)
      const bot = await botOf(exchange, address)
      switch (call) {
        case 'POST messages': return send(exchange, bot)
        case 'POST revoke': return revoke(exchange, bot)
        case 'POST medias/upload': case 'POST medias/download': case 'POST medias/delete': return media(exchange, bot, rest[1]!)
        case 'POST update/chatBotInfo/optionals': return facts(exchange, bot, 'info')
        case 'POST update/chatBotInfo/menu': return facts(exchange, bot, 'menu')
        case 'GET find/chatBotInfo': return find(exchange, bot)
        default: throw new Fault('file-gone', { text: 'nothing is here' })
      }
    },
    refuse({ fault, status, words, headers }) {
      const { field } = fault.detail
      return {
        status, headers, type: 'application/json; charset=utf-8',
        text: JSON.stringify({ errorCode: codes[fault.code] ?? -1, errorMessage: words, ...(field !== undefined && { errorField: field }) }),
      }
    },
    notices(event, { address, webhook, secret }) {
      const notice = noticeOf(event, address, uriOf)
      if (!notice) return []
      const timestamp = String(Math.floor(clock.now() / SECOND))
      const nonce = ids.token()
      return [{
        url: webhook.replace(/\/+$/, '') + notice.path, body: JSON.stringify(notice.value),
        headers: { 'Content-Type': 'application/json; charset=utf-8', timestamp, nonce, signature: signatureOf(secret, timestamp, nonce) },
      }]
    },
  }
}
