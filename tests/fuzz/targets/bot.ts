import { readBotInfo, writeBotInfo } from '../../../src-main/rcs/bot-info'
import { checkMenu, readMenu, writeMenu } from '../../../src-main/rcs/bot-menu'
import { readBotMessage, writeBotMessage } from '../../../src-main/rcs/bot-message'
import { checkBotMessage } from '../../../src-main/rcs/bot-message-check'
import { readSpamReport, writeSpamReport } from '../../../src-main/rcs/bot-reports'
import { readResponse, writeResponse } from '../../../src-main/rcs/bot-response'
import { readSuggestions, writeSuggestions } from '../../../src-main/rcs/bot-suggestion'
import { checkSuggestions } from '../../../src-main/rcs/bot-suggestion-check'
import { golden } from '../../rcs/golden'
import { mustEqual, refusing, type Target } from '../target'

const few = (kind: Parameters<typeof golden>[0]) => golden(kind).filter(({ document }) => JSON.stringify(document).length < 1_000).map(({ document }) => JSON.stringify(document))

/** What chatbots say and are told: JSON of GSMA, and the reports in XML. */
export const bot: Target = {
  seeds: () => [
    ...few('cards'), ...few('suggestions'), ...few('menus'),
    writeResponse({ is: 'reply', text: '是', data: 'yes' }), writeSpamReport({ chatbot: 'sip:1@botplatform.rcs.example.com', messages: ['m1'], type: '广告' }),
    writeBotInfo({ name: 'Bank', phone: '+861012306', menu: { entries: [{ text: 'a', entries: [{ text: 'b' }] }] }, verification: { isVerified: true, expires: 0 } }),
  ].map((text) => Buffer.from(text)),
  dictionary: [
    '{', '}', '[', ']', '"', ',', ':', '\\u202e', '\\ud83d', '"__proto__":', 'null', '1e309', '-1', '"HORIZONTAL"', '"TALL_HEIGHT"', '"webview"', '"mediaUrl":', '"reply":', '"action":', '"menu":',
    '"suggestions":', '"content":', 'https://a@b/', 'file:///', '"startTime":"9999-12-31T23:59:59+00:01"', '"latitude":', '<SR>', '</SR>', '<Chatbot>sip:',
  ],
  run(input) {
    const cards = refusing(() => readBotMessage(input))
    if (cards) mustEqual('cards', readBotMessage(writeBotMessage(cards)), cards)
    const chips = refusing(() => readSuggestions(input))
    if (chips) mustEqual('chips', readSuggestions(writeSuggestions(chips)), chips)
    const menu = refusing(() => readMenu(input))
    if (menu) mustEqual('a menu', readMenu(writeMenu(menu)), menu)
    const response = refusing(() => readResponse(input))
    if (response) mustEqual('an answer', readResponse(writeResponse(response)), response)
    const info = refusing(() => readBotInfo(input))
    if (info) mustEqual('bot information', readBotInfo(writeBotInfo(info)), info)
    const report = refusing(() => readSpamReport(input))
    if (report) mustEqual('a report', readSpamReport(writeSpamReport(report)), report)
    const value = parsed(input)
    for (const check of [checkBotMessage, checkSuggestions, checkMenu]) check(value)
  },
}

function parsed(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input).toString()) as unknown
  } catch {
    return undefined
  }
}
