import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BotInfo } from '../../src-main/contract/bot'
import { checkBotInfo, readBotInfo, readBotPage, writeBotInfo, writeBotPage } from '../../src-main/rcs/bot-info'
import { checkMenu, menuOf, readMenu, writeMenu } from '../../src-main/rcs/bot-menu'
import { readRevoke, readSpamReport, writeRevoke, writeSpamReport } from '../../src-main/rcs/bot-reports'
import { checkResponse, checkSharedData, deviceFacts, readResponse, readSharedData, writeResponse, writeSharedData } from '../../src-main/rcs/bot-response'
import { golden } from './golden'
import { botMenu, nonsense } from './bot-arbitraries'
import { faultOf } from './captures'

const menus = golden('menus')

describe('menus', () => {
  it.each(menus.filter(({ wrong }) => !wrong))('reads, writes and checks $name', ({ document }) => {
    expect(JSON.parse(writeMenu(readMenu(JSON.stringify(document))))).toEqual(document)
    expect(checkMenu(document)).toEqual([])
  })

  it.each(menus.filter(({ wrong }) => wrong))('names the fields of $name, and shows what is left', ({ document, wrong }) => {
    expect(checkMenu(document).map(({ field }) => field)).toEqual(wrong)
    expect(readMenu(JSON.stringify(document)).entries.length).toBeLessThanOrEqual(5)
  })

  it('leaves out what stands too deep', () => {
    const deep = menus.find(({ name }) => name === 'past-three-levels')!.document
    expect(menuOf(deep)).toEqual({ entries: [{ text: '一', entries: [{ text: '二', entries: [{ text: '好', data: '好' }] }] }] })
  })

  it('reads back what it writes, and throws only faults', () => {
    fc.assert(fc.property(botMenu, (menu) => {
      expect(readMenu(writeMenu(menu))).toEqual(menu)
      expect(checkMenu(JSON.parse(writeMenu(menu)))).toEqual([])
    }))
    fc.assert(fc.property(nonsense, (value) => {
      checkMenu(value)
      void faultOf(() => readMenu(JSON.stringify(value)))
    }))
  })
})

describe('answers', () => {
  it('reads the sample, and back what it writes', () => {
    const sample = '{"response":{"reply":{"displayText":"是","postback":{"data":"yes"}}}}'
    expect(readResponse(sample)).toEqual({ is: 'reply', text: '是', data: 'yes' })
    expect(writeResponse(readResponse(sample))).toBe(sample)
    expect(checkResponse(JSON.parse(sample))).toEqual([])
    expect(readResponse(writeResponse({ is: 'action', text: '打开' }))).toEqual({ is: 'action', text: '打开' })
  })

  it.each(['{}', '{"response":{}}', '{"response":{"reply":{}}}', '[]', 'no'])('refuses %s', (text) => expect(faultOf(() => readResponse(text))).toBe('malformed'))

  it('tells of a device what fits', () => {
    const facts = { ...deviceFacts({ deviceModel: 'Desktop computer', platformVersion: 'Linux-6.1.0-18-amd64-very-long', clientVendor: 'YNXN', clientVersion: 'Yanxin-1.0' }), batteryRemainingMinutes: 517 }
    expect(facts).toEqual({ deviceModel: 'Desktop co', platformVersion: 'Linux-6.1.0-18-amd64', clientVendor: 'YNXN', clientVersion: 'Yanxin-1.0', batteryRemainingMinutes: 517 })
    expect(readSharedData(writeSharedData(facts))).toEqual(facts)
    expect(checkSharedData(JSON.parse(writeSharedData(facts)))).toEqual([])
    expect(checkSharedData({ sharedData: { deviceSpecifics: { ...facts, clientVendor: 'Yanxin', deviceModel: undefined } } })).toEqual([
      { field: 'sharedData.deviceSpecifics.deviceModel', text: 'is missing' },
      { field: 'sharedData.deviceSpecifics.clientVendor', text: 'has 6 characters, at most 4 are allowed' },
    ])
    expect(readSharedData('{"sharedData":{"deviceSpecifics":{"batteryRemainingMinutes":-1}}}')).toEqual({ deviceModel: '', platformVersion: '', clientVendor: '', clientVersion: '' })
  })

  it('throws only faults', () => {
    fc.assert(fc.property(nonsense, (value) => {
      for (const read of [readResponse, readSharedData, readBotInfo, readBotPage]) void faultOf(() => read(JSON.stringify(value)))
      for (const check of [checkResponse, checkSharedData, checkBotInfo]) check(value)
    }), { numRuns: 500 })
  })
})

/** rcs.md 4.5. */
const bank = '{"botinfo":{"pcc":{"pcc-type":"organization","org-details":{"org-name":[{"display-name":"示例银行","org-name-type":"Other"}],"comm-addr":{"uri-entry":[{"addr-uri-type":"SIP-URI","addr-uri":"sip:106500@botplatform.rcs.example.com","label":"service id"}]},"media-list":{"media-entry":[{"media":{"media-url":"https://example.com/i.png"},"label":"service icon"}]},"org-description":"简介","category-list":{"category-entry":["bank"]},"web-resources":{"web-entry":[{"url":"https://example.com","label":"website"}]}}},"version":"1","provider":"示例","email":"a@example.com","website":"https://example.com","TCPage":"https://example.com/tc","colour":"#336699","backgroundImage":"https://example.com/b.png"},"persistent-menu":{"menu":{"entries":[{"reply":{"displayText":"余额","postback":{"data":"bal"}}}]}},"generic-CSS-template":"https://example.com/c.css","bot-verification":{"verification-info":{"verified":true,"verified-by":"CA","expires":"2027-01-01T00:00:00Z"}}}'
const info: BotInfo = {
  name: '示例银行', address: 'sip:106500@botplatform.rcs.example.com', icon: 'https://example.com/i.png', description: '简介', categories: ['bank'], provider: '示例',
  email: 'a@example.com', website: 'https://example.com/', terms: 'https://example.com/tc', colour: '#336699', background: 'https://example.com/b.png', version: '1',
  verification: { isVerified: true, by: 'CA', expires: Date.UTC(2027, 0, 1) }, menu: { entries: [{ text: '余额', data: 'bal' }] },
}

describe('bot information', () => {
  it('reads the sample, and back what it writes', () => {
    expect(readBotInfo(bank)).toEqual(info)
    expect(checkBotInfo(JSON.parse(bank))).toEqual([])
    const more: BotInfo = { ...info, phone: '+861012306', privacy: 'https://example.com/privacy', place: '北京' }
    expect(readBotInfo(writeBotInfo(more))).toEqual(more)
    expect(checkBotInfo(JSON.parse(writeBotInfo(more)))).toEqual([])
  })

  it('takes lists of one as the one, and media by another name', () => {
    const said = JSON.parse(bank) as { botinfo: { pcc: { 'org-details': Record<string, unknown> } } }
    const details = said.botinfo.pcc['org-details']
    details['org-name'] = { 'display-name': '示例银行' }
    details['media-list'] = { 'media-entry': { media: { url: 'https://example.com/i.png' } } }
    expect(readBotInfo(JSON.stringify(said))).toEqual(info)
    expect(checkBotInfo(said)).toEqual([])
  })

  it('gives no badge on trust, and opens nothing foreign', () => {
    const read = readBotInfo(bank.replace('2027-01-01T00:00:00Z', 'for ever').replace('https://example.com/tc', 'file:///tc').replace('"email":"a@', '"email":"javascript:@'))
    expect(read.verification).toEqual({ isVerified: true, by: 'CA', expires: 0 })
    expect(read.terms).toBeUndefined()
    expect(read.email).toBeUndefined()
    expect(readBotInfo(bank.replace('"verified":true', '"verified":"yes"')).verification).toBeUndefined()
    expect(faultOf(() => readBotInfo('{}'))).toBe('malformed')
  })

  it('names what is wrong', () => {
    expect(checkBotInfo(JSON.parse(bank.replace('#336699', 'blue').replace('"verified":true', '"verified":1').replace('简介', 'x'.repeat(2_001)))).map(({ field }) => field)).toEqual([
      'botinfo.pcc.org-details.org-description', 'botinfo.colour', 'bot-verification.verification-info.verified',
    ])
  })

  it('reads a page of a directory', () => {
    const page = { bots: [{ address: 'sip:1@b.example.com', name: 'A', isVerified: true, icon: 'https://example.com/i' }, { address: 'sip:2@b.example.com', name: 'B', isVerified: false }], start: 20, total: 40 }
    expect(readBotPage(writeBotPage(page))).toEqual(page)
    expect(readBotPage('{"bots":[{"id":"http://x","name":"a"},{"id":"sip:1@b.example.com"},{"id":"sip:1@b.example.com","name":"a","icon":"file:///i"}],"totalItems":-1}'))
      .toEqual({ bots: [{ address: 'sip:1@b.example.com', name: 'a', isVerified: false }], start: 0, total: 1 })
  })
})

describe('reports', () => {
  it('reads the logged sample of a spam report, and back what it writes', () => {
    const sample = '<?xml version="1.0" encoding="UTF-8"?>\n<SR xmlns="urn:gsma:params:xml:ns:rcs:rcs:spamreport"><Chatbot>sip:106500@botplatform.rcs.example.com</Chatbot><Message-ID>Mx7f3a</Message-ID><spam-type>广告</spam-type><free-text>骚扰</free-text></SR>'
    const report = { chatbot: 'sip:106500@botplatform.rcs.example.com', messages: ['Mx7f3a'], type: '广告', words: '骚扰' }
    expect(readSpamReport(sample)).toEqual(report)
    expect(writeSpamReport(report)).toBe(sample)
    const many = { chatbot: report.chatbot, messages: Array.from({ length: 12 }, (_, i) => `<m${i}>`) }
    expect(readSpamReport(writeSpamReport(many)).messages).toEqual(many.messages.slice(0, 10))
  })

  it('revokes one message', () => {
    expect(readRevoke(writeRevoke('M<&>1'))).toBe('M<&>1')
    expect(readRevoke('<x:anything xmlns:x="y"><x:Message-ID> m1 </x:Message-ID></x:anything>')).toBe('m1')
  })

  it.each(['<a/>', '<SR/>', '<SR><Chatbot>http://x</Chatbot></SR>', 'no', '<imRevoke><Message-ID/></imRevoke>'])('refuses %s', (xml) => {
    expect(faultOf(() => readSpamReport(xml))).toBe('malformed')
    expect(faultOf(() => readRevoke(xml))).toBe('malformed')
  })
})
