import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { listen, readEvent } from '../../../../src-main/chatbots/railway/service/webhook'
import type { Heard } from '../../../../src-main/chatbots/railway/talk/conversation'

const contact = { userContact: '+8613900000001' }

describe('an event', () => {
  it.each<[string, unknown, Heard | undefined]>([
    ['a text', { RCSMessage: { msgId: 'm1', textMessage: '你好' }, messageContact: contact, event: 'message' }, { id: 'm1', person: '+8613900000001', text: '你好' }],
    ['a tap', { RCSMessage: { msgId: 'm2', suggestedResponse: { response: { reply: { displayText: '好', postback: { data: 'yes' } } } } }, messageContact: contact, event: 'response' }, { id: 'm2', person: '+8613900000001', data: 'yes' }],
    ['an action', { RCSMessage: { msgId: 'm3', suggestedResponse: { response: { action: { displayText: '好', postback: { data: 'cal' } } } } }, messageContact: contact, event: 'response' }, { id: 'm3', person: '+8613900000001', data: 'cal' }],
    ['a tap without postback', { RCSMessage: { msgId: 'm4', suggestedResponse: { response: { reply: { displayText: '北京' } } } }, messageContact: contact, event: 'response' }, { id: 'm4', person: '+8613900000001', text: '北京' }],
    ['somebody new', { RCSMessage: { msgId: 'm5' }, messageContact: contact, event: 'newUser' }, { id: 'm5', person: '+8613900000001', data: 'new_bot_user_initiation' }],
    ['a voice', { RCSMessage: { msgId: 'm6', audioMessage: { fileUrl: 'https://x' } }, messageContact: { chatId: 'tk1' }, event: 'message' }, { id: 'm6', person: 'tk1' }],
    ['a receipt', { RCSMessage: { msgId: 'm7', status: 'delivered' }, messageContact: contact, event: 'messageStatus' }, undefined],
    ['nothing', null, undefined], ['a number', 7, undefined], ['no contact', { RCSMessage: { msgId: 'm' }, event: 'message' }, undefined],
  ])('%s', (_what, body, heard) => {
    expect(readEvent(body)).toEqual(heard)
  })
})

describe('the webhook', () => {
  let webhook: Awaited<ReturnType<typeof listen>> | undefined
  afterEach(() => webhook?.close())

  const body = JSON.stringify({ RCSMessage: { msgId: 'm1', textMessage: 'hi' }, messageContact: contact, event: 'message' })
  const sign = (text: string, secret = 'sesame') => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`
  const open = async (hear: (heard: Heard) => void = () => undefined) => void (webhook = await listen({ host: '127.0.0.1', port: 0, secret: 'sesame', hear }))
  const post = async (text: string, signature = sign(text), method = 'POST') =>
    (await fetch(`http://127.0.0.1:${webhook!.port}/`, { method, ...(method === 'POST' && { body: text }), headers: { 'X-Hub-Signature-256': signature } })).status

  it('hears what is signed, and says so when it is kept', async () => {
    const heard: Heard[] = []
    await open((one) => heard.push(one))
    expect(await post(body)).toBe(200)
    expect(heard).toEqual([{ id: 'm1', person: '+8613900000001', text: 'hi' }])
  })

  it('hears nothing else', async () => {
    const heard: Heard[] = []
    await open((one) => heard.push(one))
    expect(await post(body, sign(body, 'other'))).toBe(401)
    expect(await post(body, '')).toBe(401)
    expect(await post('{', sign('{'))).toBe(400)
    expect(await post('x'.repeat(600_000))).toBe(413)
    expect(await post('', '', 'GET')).toBe(405)
    expect(heard).toEqual([])
  })

  it('wants to be told again what could not be kept', async () => {
    await open(() => { throw new Error('the disk is full') })
    expect(await post(body)).toBe(500)
  })
})
