import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startRailway, type Railway } from '../../src-main/chatbots/railway/service/railway'
import { randomIds } from '../../src-main/base/ids'
import { filesOf } from '../../src-main/contract/files'
import type { Message } from '../../src-main/contract/message'
import type { Suggestion } from '../../src-main/contract/suggestion'
import { temporaryFolder } from '../fakes/database'
import { Person, until } from './clients/cast'
import { BotOffice, domain } from './play/bots'

// Mei buys a ticket in our client, by typing and by tapping; the railway knows nothing of us but the gateway's public API.

const railwayBot = { address: `sip:railway@${domain}` }
let office: BotOffice
let mei: Person
let railway: Railway
let starts: () => Promise<void>

beforeEach(async () => {
  office = await new BotOffice().opens()
  const { token, secret } = await office.bot('railway', '', false)
  const data = join(temporaryFolder(), 'railway')
  let port = 0
  starts = async () => {
    railway = await startRailway({ gateway: office.http.uri, bot: railwayBot.address, token, secret, host: '127.0.0.1', port, data, wait: () => 50 })
    port = railway.port
  }
  await starts()
  await office.command(`bot change ${railwayBot.address.slice(4)} --webhook http://127.0.0.1:${railway.port}/ --private`)
  await office.command(`user add mei@${domain}`, 'mei secret')
  mei = await new Person(office, 'mei', { address: `sip:mei@${domain}`, password: 'mei secret' }).comes()
})
afterEach(async () => {
  await mei.leaves()
  await railway.stop()
  await office.closes()
})

const came = async (): Promise<Message[]> => (await mei.messages(railwayBot)).filter(({ outgoing }) => !outgoing)
const wordsOf = ({ content }: Message): string => {
  if (content.kind === 'text') return content.text
  return content.kind === 'cards' ? content.cards.map(({ title, text }) => `${title ?? ''}\n${text ?? ''}`).join('\n') : ''
}
/** Waits for what the railway says so, after the first `before` messages. */
const hears = (words: RegExp, before = 0): Promise<Message> =>
  until(`the railway to say ${words.source}`, async () => (await came()).slice(before).find((message) => words.test(wordsOf(message))))
const offered = ({ content }: Message): Suggestion[] => [
  ...(content.kind === 'cards' ? content.cards.flatMap(({ suggestions }) => suggestions ?? []) : []), ...('chips' in content ? content.chips ?? [] : []),
]
async function taps(message: Message, words: RegExp, times = 1): Promise<void> {
  const chip = offered(message).find(({ text }) => words.test(text))!
  for (let n = 0; n < times; n++) await mei.client.answer(railwayBot.address, randomIds.token(), { to: message.id, chip })
}

test('a ticket is found, booked, paid, changed and given back in the conversation; the railway is stopped in between, and nothing is booked twice', async () => {
  await mei.says('明天下午北京到上海的高铁', railwayBot)
  await hears(/北京 → 上海，共 \d+ 趟/)
  const rides = await hears(/北京南 → 上海虹桥/)
  await taps(rides, /^二等座 ¥/)
  await hears(/请写乘车人的姓名/)
  await mei.says('李雷', railwayBot)
  const held = await hears(/座位为你保留到/)

  // What is tapped while it is away waits for it.
  await railway.stop()
  await taps(held, /^支付/, 2)
  await starts()
  const ticket = await hears(/出票成功 · [GD]\d+ · [0-9A-Z]{10}\n/)
  expect(wordsOf(ticket)).toContain('李雷 · 二等座 04车 1A')

  // The code is a file of the relay's content server, and moves as every file does.
  if (filesOf(ticket.content)[0]!.transfer?.at === 'offered') await mei.client.transfer(railwayBot.address, ticket.id, 0, 'go')
  await until('the code', async () => filesOf((await mei.messages(railwayBot)).find(({ id }) => id === ticket.id)!.content)[0]!.hash !== '')

  let before = (await came()).length
  await mei.says('我的车票', railwayBot)
  const mine = await hears(/已出票/, before)
  expect(mine.content).toMatchObject({ kind: 'cards', cards: { length: 1 } })

  await taps(mine, /^改签/)
  await taps(await hears(/改到哪一天/, before), /^后天/)
  const others = await hears(/北京南 → 上海虹桥/, before + 2)
  await taps(others, /^一等座 ¥/)
  await taps(await hears(/为谁订票/, before), /^李雷/)
  await taps(await hears(/座位为你保留到/, before), /^支付/)
  await hears(/改签成功/, before)

  before = (await came()).length
  await mei.says('退票', railwayBot)
  const both = await hears(/已改签/, before)
  expect(wordsOf(both).match(/已出票/g)).toHaveLength(1)
  await taps(both, /^退票/)
  await taps(await hears(/^退票将退回 ¥/, before), /^确定退票/)
  await hears(/^已退票，退回 ¥/, before)
}, 60_000)
