import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BotOffice, domain, type Bot } from './play/bots'
import { until, type Heard, type Phone } from './play/phone'

let office: BotOffice
beforeEach(async () => { office = await new BotOffice().opens() })
afterEach(() => office.closes())

const address = (user: string): string => `sip:${user}@${domain}`
const idOf = ({ body }: Heard): string => /imdn\.Message-ID: (\S+)/.exec(body)![1]!
const imdn = (id: string, kind: 'delivery' | 'display', status: string): string =>
  `<?xml version="1.0"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2026-05-03T08:00:00Z</datetime>` +
  `<${kind}-notification><status><${status}/></status></${kind}-notification></imdn>`
const tellsThat = (phone: Phone, bot: string, id: string, kind: 'delivery' | 'display', status: string): Promise<Heard> =>
  phone.says(imdn(id, kind, status), address(bot), { contentType: 'message/imdn+xml', dispositions: '' })
const hears = (phone: Phone, what: string): Promise<Heard> => until(`the phone to hear ${what}`, () => phone.inbox.find(({ body }) => body.includes(what)))
const statusesOf = (bot: Bot): string[] => bot.told('messageStatus').map(({ RCSMessage }) => (RCSMessage as { status: string }).status)

const chips = { suggestions: [{ reply: { displayText: 'Yes', postback: { data: 'yes' } } }, { action: { urlAction: { openUrl: { url: 'https://bot.example/' } }, displayText: 'Open' } }] }

describe('a bot of the GSMA dialect', () => {
  test('hears a text, answers with a text and chips, and is told what became of it and what was tapped', async () => {
    const mei = await office.phone('mei')
    const train = await office.bot('train')
    expect((await mei.says('Two to Shanghai', address('train'), { id: 'm1' })).status).toBe(200)
    await until('the bot to hear it', () => train.texts.includes('Two to Shanghai'))
    const [first] = train.heard
    expect(JSON.parse(first!.body)).toMatchObject({ event: 'message', RCSMessage: { msgId: 'm1', textMessage: 'Two to Shanghai' }, messageContact: { userContact: address('mei') } })
    expect(first!.headers['x-hub-signature-256']).toBe(`sha256=${createHmac('sha256', train.secret).update(first!.body).digest('hex')}`)
    await hears(mei, '<delivered/>')

    const sent = await train.says(address('mei'), { textMessage: 'When?', suggestedChipList: chips })
    expect(sent).toMatchObject({ status: 202, json: { RCSMessage: { status: 'pending' } } })
    const { msgId } = sent.json.RCSMessage as { msgId: string }
    const said = await hears(mei, 'When?')
    expect(said.body).toContain('multipart/mixed')
    expect(said.body).toContain('application/vnd.gsma.botsuggestion.v1.0+json')
    expect(said.body).toContain('"data":"yes"')
    expect(idOf(said)).toBe(msgId)
    await tellsThat(mei, 'train', msgId, 'delivery', 'delivered')
    await tellsThat(mei, 'train', msgId, 'display', 'displayed')
    await until('the bot to be told', () => statusesOf(train).length === 2)
    expect(statusesOf(train)).toEqual(['delivered', 'displayed'])
    expect((await train.ask('GET', `/messages/${msgId}/status`)).json.RCSMessage).toMatchObject({ msgId, status: 'displayed' })

    await mei.says('{"response":{"reply":{"displayText":"Yes","postback":{"data":"yes"}}}}', address('train'),
      { contentType: 'application/vnd.gsma.botsuggestion.response.v1.0+json', id: 'm2' })
    await until('the bot to hear the tap', () => train.told('response').length === 1)
    expect(train.told('response')[0]!['RCSMessage']).toMatchObject({ suggestedResponse: { response: { reply: { displayText: 'Yes', postback: { data: 'yes' } } } } })

    expect((await train.ask('PUT', '/messages/m2/status', { RCSMessage: { status: 'displayed' } })).status).toBe(200)
    await hears(mei, '<displayed/>')
  })

  test('that is killed gets everything once and in order when it is back', async () => {
    const mei = await office.phone('mei')
    const train = await office.bot('train')
    await mei.says('message 0', address('train'))
    await until('the bot to hear the first', () => train.texts.length === 1)
    await train.dies()
    for (let i = 1; i <= 20; i++) expect((await mei.says(`message ${i}`, address('train'))).status).toBe(200)
    await train.comes()
    await until('the bot to hear them all', () => train.texts.length === 21)
    expect(train.texts).toEqual(Array.from({ length: 21 }, (_, i) => `message ${i}`))
  })

  test('that never answers does not slow another', async () => {
    const mei = await office.phone('mei')
    const slow = await office.bot('slow')
    const quick = await office.bot('quick')
    slow.answer = () => undefined
    for (let i = 0; i < 40; i++) await mei.says(`to slow ${i}`, address('slow'))
    await mei.says('to quick', address('quick'))
    await until('the quick one to hear it', () => quick.texts.includes('to quick'))
    expect(slow.heard).toEqual([])
  })

  test('is heard once under one id, and not twice with other words', async () => {
    const mei = await office.phone('mei')
    const train = await office.bot('train')
    for (let i = 0; i < 3; i++) expect((await train.says(address('mei'), { msgId: 't1', textMessage: 'Once' })).status).toBe(202)
    expect(await train.says(address('mei'), { msgId: 't1', textMessage: 'Twice' })).toMatchObject({ status: 409, json: { error: { reason: 'not-acceptable' } } })
    await train.says(address('mei'), { msgId: 't2', textMessage: 'The next' })
    await hears(mei, 'The next')
    expect(mei.inbox.filter(({ body }) => body.includes('Once'))).toHaveLength(1)
  })

  test('takes back what has not been delivered, and not what has', async () => {
    const mei = await office.phone('mei')
    const train = await office.bot('train')
    await mei.leaves()
    await train.says(address('mei'), { msgId: 'a', textMessage: 'Platform 3' })
    await train.says(address('mei'), { msgId: 'b', textMessage: 'Platform 4' })
    expect((await train.ask('GET', '/messages/a/status')).json.RCSMessage.status).toBe('pending')
    expect((await train.ask('PUT', '/messages/a/status', { RCSMessage: { status: 'cancelled' } })).status).toBe(200)
    expect((await train.ask('GET', '/messages/a/status')).json.RCSMessage.status).toBe('cancelled')
    await until('the bot to be told', () => statusesOf(train).includes('cancelled'))
    await mei.comes()
    await hears(mei, 'Platform 4')
    expect(mei.inbox.some(({ body }) => body.includes('Platform 3'))).toBe(false)
    await until('it to have left', async () => (await train.ask('GET', '/messages/b/status')).json.RCSMessage.status === 'sent')
    expect(await train.ask('PUT', '/messages/b/status', { RCSMessage: { status: 'cancelled' } })).toMatchObject({ status: 409 })
    expect((await train.ask('GET', '/messages/c/status')).status).toBe(404)
  })

  test('types, asks what a contact can, keeps a file, and says who it is', async () => {
    const mei = await office.phone('mei', { features: ';+g.3gpp.iari-ref="urn%3Aurn-7%3A3gpp-application.ims.iari.rcs.chatbot.sa,urn%3Aurn-7%3A3gpp-application.ims.iari.rcs.fthttp"' })
    const train = await office.bot('train')
    expect((await train.says(address('mei'), { isTyping: 'active' })).status).toBe(202)
    await hears(mei, '<state>active</state>')
    await mei.says('<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>', address('train'), { contentType: 'application/im-iscomposing+xml', dispositions: '' })
    await until('the bot to hear of typing', () => train.told('isTyping').length === 1)
    expect((await train.ask('GET', `/contactCapabilities?userContact=${encodeURIComponent(address('mei'))}`)).json.capabilities).toEqual(['fileTransfer', 'chatBotCommunication'])

    const form = new FormData()
    form.append('fileType', 'text/plain')
    form.append('until', new Date(Date.now() + 3_600_000).toISOString())
    form.append('fileContent', new Blob(['the timetable']), 'times.txt')
    const { json: { file } } = await train.ask('POST', '/files', form)
    expect(file).toMatchObject({ fileSize: 13, fileMIMEType: 'text/plain', fileName: 'times.txt', status: 'ready' })
    expect(await (await fetch(file.fileUrl as string)).text()).toBe('the timetable')
    await until('the bot to be told of the file', () => train.told('fileStatus').length === 1)
    expect((await train.says(address('mei'), { fileMessage: { fileUrl: file.fileUrl } })).status).toBe(202)
    await hears(mei, '<file-size>13</file-size>')
    expect((await train.ask('GET', '/files')).json.files).toHaveLength(1)
    expect((await train.ask('DELETE', `/files/${file.fileId}`)).status).toBe(204)
    expect((await train.ask('GET', `/files/${file.fileId}`)).status).toBe(404)

    const menu = { menu: { entries: [{ reply: { displayText: 'Timetable', postback: { data: 'times' } } }] } }
    expect((await train.ask('PUT', '/menu', menu)).json).toEqual({ version: 1 })
    expect((await train.ask('PUT', '/menu', menu)).json).toEqual({ version: 1 })
    expect((await train.ask('GET', '/menu')).json).toEqual({ version: 1, menu })
  })

  test('whose webhook says what it will never take leaves it dead, and its owner replays it', async () => {
    const mei = await office.phone('mei')
    const train = await office.bot('train')
    train.answer = () => ({ status: 422 })
    await mei.says('Nobody reads this', address('train'), { id: 'x1' })
    await hears(mei, '<failed/>')
    const [dead] = await office.command(`bot dead train@${domain}`)
    expect(dead).toContain(`${address('mei')}\tx1`)
    train.answer = () => ({ status: 200 })
    expect(await office.command(`bot replay train@${domain}`)).toEqual([`1 notice goes to ${address('train')} once more`])
    await until('the bot to hear it', () => train.texts.includes('Nobody reads this'))
    expect(await office.command(`bot dead train@${domain}`)).toEqual([])
  })

  test('that asks to wait is told again after that', async () => {
    const mei = await office.phone('mei')
    const train = await office.bot('train')
    let busy = 2
    train.answer = () => (busy-- > 0 ? { status: 503, headers: { 'Retry-After': '0' } } : { status: 200 })
    await mei.says('Patience', address('train'))
    await until('the bot to hear it', () => train.texts.includes('Patience'))
    expect(train.texts).toEqual(['Patience'])
  })
})

describe('what is refused', () => {
  test('a wrong token, a bot that answers for another, somebody unknown, what is wrong by the schema', async () => {
    await office.phone('mei')
    const train = await office.bot('train')
    const bank = await office.bot('bank')
    const text = { RCSMessage: { textMessage: 'hi' }, messageContact: { userContact: address('mei') } }
    expect(await train.ask('POST', '/messages', text, { Authorization: 'Bearer nonsense' })).toMatchObject({ status: 401 })
    expect(await train.ask('POST', '/messages', text, { Authorization: `Bearer ${bank.token}` })).toMatchObject({ status: 403, json: { error: { reason: 'not-yourself' } } })
    expect(await train.says(address('nobody'), { textMessage: 'hi' })).toMatchObject({ status: 404, json: { error: { reason: 'unknown-recipient' } } })
    expect(await train.says(address('bank'), { textMessage: 'hi' })).toMatchObject({ status: 404 })
    expect(await train.says(address('mei'), {})).toMatchObject({ status: 400, json: { error: { field: 'RCSMessage' } } })
    const wrong = { richcardMessage: { message: { generalPurposeCard: { layout: { cardOrientation: 'VERTICAL' }, content: { title: 'x'.repeat(201) } } } } }
    expect((await train.says(address('mei'), wrong)).json.error).toMatchObject({ code: 400, field: 'RCSMessage.richcardMessage.message.generalPurposeCard.content.title' })
    const many = { textMessage: 'hi', suggestedChipList: { suggestions: Array.from({ length: 12 }, () => chips.suggestions[0]) } }
    expect((await train.says(address('mei'), many)).json.error.field).toBe('RCSMessage.suggestedChipList.suggestions')
    expect(await train.ask('POST', '/nothing', {})).toMatchObject({ status: 404 })
    expect(await train.ask('DELETE', '/messages')).toMatchObject({ status: 405 })
  })

  test('more than a second and a day allow, and traffic that is not allowed', async () => {
    await office.phone('mei')
    const train = await office.bot('train', '--per-day 3 --traffic payment')
    const pay = (text: string) => train.says(address('mei'), { textMessage: text, trafficType: 'payment' })
    expect(await train.says(address('mei'), { textMessage: 'Buy!', trafficType: 'advertisement' })).toMatchObject({ status: 403, json: { error: { field: 'trafficType' } } })
    for (let i = 0; i < 3; i++) expect((await pay(`${i}`)).status).toBe(202)
    const over = await pay('4')
    expect(over).toMatchObject({ status: 429, json: { error: { reason: 'quota-reached' } } })
    expect(Number(over.headers.get('Retry-After'))).toBeGreaterThan(0)
    const fast = await office.bot('fast', '--per-second 2')
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => fast.says(address('mei'), { textMessage: `${i}` })))
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(3)
  })

  test('JSON that is too deep, too long, or none', async () => {
    await office.phone('mei')
    const train = await office.bot('train')
    const json = { 'Content-Type': 'application/json' }
    expect(await train.ask('POST', '/messages', '['.repeat(100_000), json)).toMatchObject({ status: 413 })
    expect(await train.ask('POST', '/messages', `[${'1,'.repeat(50_000)}1]`, json)).toMatchObject({ status: 413 })
    expect(await train.ask('POST', '/messages', `"${'x'.repeat(300_000)}"`, json)).toMatchObject({ status: 413 })
    expect(await train.ask('POST', '/messages', '{"a":', json)).toMatchObject({ status: 400 })
  })

  test('a file elsewhere in the private network, unless the bot may', async () => {
    const near = await office.bot('near')
    const far = await office.bot('far', '', false)
    const form = (): FormData => {
      const made = new FormData()
      made.append('fileUrl', near.url)
      return made
    }
    near.answer = () => ({ status: 200, headers: { 'Content-Type': 'text/plain' } })
    expect(await far.ask('POST', '/files', form())).toMatchObject({ status: 403, json: { error: { reason: 'refused' } } })
    expect(await near.ask('POST', '/files', form())).toMatchObject({ status: 200, json: { file: { fileSize: 2 } } })
    await expect(office.command(`bot change far@${domain} --webhook http://192.168.1.9/hook`)).rejects.toThrow('private network')
  })
})
