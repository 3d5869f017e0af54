import { Fault } from '../../../../base/faults'
import { fileTransferType, writeFileTransfer } from '../../../../rcs/file-transfer'
import { child, readXml } from '../../../../rcs/xml'
import type { Bot } from '../../bot'
import type { Dialect, DialectParts } from '../../dialect'
import type { BotExchange } from '../../exchange'
import { Invalid } from '../../invalid'
import { hashOf } from '../../registry'
import { basicOf, readBasic } from './basic'
import { readOutbound } from './read'
import { errorXml, noticeXml, resourceXml } from './write'

const send = /^\/messaging\/(?:group|interaction)\/[^/]+\/outbound\/[^/]+\/requests$/
const revoke = /^\/messaging\/[^/]+\/outbound\/[^/]+\/requests\/[^/]+\/status$/
const type = 'application/xml; charset=utf-8'

/** China Mobile's API after OMA NetAPI, in XML (rcs.md 5.3). */
export function mobileDialect({ gateway, keys, files, clock }: DialectParts): Dialect {
  const uriOf = (address: string): string => gateway.uri(address)

  function botOf(exchange: BotExchange, uri: string | undefined): Promise<Bot> {
    const shown = readBasic(exchange.header('authorization'), exchange.header('date'), clock.now())
    const owner = gateway.address(shown.appId)
    return keys.prove({ host: exchange.host, dialect: 'mobile', address: uri === undefined ? undefined : gateway.address(uri), find: async () => {
      const isRight = (): boolean => keys.registry.hashesOf(owner).some((hash) => shown.isOf(hash))
      if (!isRight()) await keys.registry.look()
      return isRight() ? keys.registry.find(owner) : undefined
    } })
  }

  async function take(exchange: BotExchange, bot: Bot): Promise<void> {
    const { sender, ...outgoing } = readOutbound(await exchange.bytes())
    gateway.mustBe(bot, sender)
    const { id } = await gateway.send(bot, outgoing)
    const url = `${exchange.path}/${encodeURIComponent(id)}`
    exchange.say({ status: 201, type, text: resourceXml(url), headers: { Location: url } })
  }

  async function takeBack(exchange: BotExchange, bot: Bot, id: string): Promise<void> {
    const root = readXml(await exchange.bytes(), { size: 16_384, depth: 8 })
    const status = root.name === 'status' ? root.text : child(root, 'status')?.text
    if (status?.trim() !== 'RevokeRequested') throw new Invalid([{ field: 'status', text: 'must be RevokeRequested' }])
    await gateway.revoke(bot, id)
    exchange.say({ status: 204 })
  }

  async function content(exchange: BotExchange, bot: Bot): Promise<void> {
    if (exchange.method === 'DELETE') {
      const { id } = await files.find(bot, exchange.header('tid') ?? exchange.query.get('tid') ?? '')
      await files.remove(bot, id)
      return exchange.say({ status: 204 })
    }
    const { files: kept } = await files.take(bot, exchange, (name) => name === 'File' || name === 'Thumbnail', () => undefined)
    const whole = kept.find(({ name }) => name === 'File')?.kept
    if (!whole) throw new Invalid([{ field: 'File', text: 'is missing' }])
    const small = kept.find(({ name }) => name === 'Thumbnail')?.kept.file
    exchange.say({ status: 200, type: fileTransferType, text: writeFileTransfer({ ...whole.file, ...(small && { thumbnail: small }) }), headers: { tid: whole.id } })
  }

  return {
    name: 'mobile',
    owns: (path) => path === '/Content' || send.test(path) || revoke.test(path),
    async serve(exchange) {
      const { method, path, segments } = exchange
      const uri = path === '/Content' ? undefined : segments[segments.indexOf('outbound') + 1]
      const bot = await botOf(exchange, uri)
      if (path === '/Content' && (method === 'POST' || method === 'DELETE')) return content(exchange, bot)
      if (send.test(path) && method === 'POST') return take(exchange, bot)
      if (revoke.test(path) && method === 'PUT') return takeBack(exchange, bot, segments.at(-2)!)
      throw new Fault('not-allowed', { text: 'POST to send, PUT to revoke', detail: { allow: 'POST, PUT, DELETE' } })
    },
    refuse({ fault, status, words, headers }) {
      const isPolicy = fault.code === 'quota-reached' || fault.code === 'busy' || fault.code === 'refused'
      const { field } = fault.detail
      const code = isPolicy ? 'POL0001' : fault.code === 'malformed' ? 'SVC0002' : fault.code === 'unknown-recipient' ? 'SVC0004' : 'SVC0001'
      const { 'WWW-Authenticate': asks, ...rest } = headers
      return { status, type, headers: { ...rest, ...(asks !== undefined && { 'WWW-Authenticate': 'Basic realm="chatbot"' }) }, text: errorXml(isPolicy, code, words, field === undefined ? undefined : String(field)) }
    },
    notices(event, { address, webhook, secret }) {
      const notice = noticeXml(event, address, uriOf)
      const date = new Date(clock.now()).toUTCString()
      return notice ? [{ url: webhook.replace(/\/+$/, '') + notice.path, body: notice.xml, headers: { 'Content-Type': type, Date: date, Authorization: basicOf(address, hashOf(secret), date) } }] : []
    },
  }
}
