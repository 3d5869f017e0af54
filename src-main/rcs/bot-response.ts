import type { DeviceFacts, Suggestion } from '../contract/suggestion'
import { tapJson, tapOf } from './bot-suggestion'
import { tapRule } from './bot-suggestion-check'
import { lineOf } from './bot-text'
import { exactlyOne, object, problemsOf, text, whole, type FieldProblem } from './check'
import { fieldsOf, isFields, readJson } from './json'
import { malformed } from './mime'

export const responseType = 'application/vnd.gsma.botsuggestion.response.v1.0+json'
export const sharedDataType = 'application/vnd.gsma.botsharedclientdata.v1.0+json'

/** What somebody tapped. */
export interface BotResponse extends Pick<Suggestion, 'text' | 'data'> {
  is: 'reply' | 'action'
}

/** By which a person begins a conversation with a bot: text and postback (rcs.md 4.3). */
export const newBotUser: BotResponse = { is: 'reply', text: 'Start Chat', data: 'new_bot_user_initiation' }

/** Longest of each fact, in characters. */
export const factLimits = { deviceModel: 10, platformVersion: 20, clientVendor: 4, clientVersion: 15 } as const

/** GSMA FNW.11, `botsuggestion.response`. @throws Fault `malformed`, `too-large` */
export function readResponse(input: string | Uint8Array): BotResponse {
  const { reply, action } = fieldsOf(fieldsOf(readJson(input, 'response'))['response'])
  const is = isFields(reply) ? 'reply' : 'action'
  const tap = tapOf(fieldsOf(is === 'reply' ? reply : action))
  if (!tap) throw malformed('response', 'neither reply nor action with words')
  return { is, ...tap }
}

export const responseJson = ({ is, ...tap }: BotResponse) => ({ response: { [is]: tapJson(tap) } })
export const writeResponse = (response: BotResponse): string => JSON.stringify(responseJson(response))

/** What is wrong with an answer, by GSMA's schema; nothing when all is right. */
export const checkResponse = (value: unknown): FieldProblem[] =>
  problemsOf(value, object({ response: exactlyOne({ reply: tapRule, action: tapRule }) }))

/** GSMA FNW.11, `botsharedclientdata`; what is not said is ''. @throws Fault `malformed`, `too-large` */
export function readSharedData(input: string | Uint8Array): DeviceFacts {
  const { deviceSpecifics } = fieldsOf(fieldsOf(readJson(input, 'shared-data'))['sharedData'])
  if (!isFields(deviceSpecifics)) throw malformed('shared-data', 'no deviceSpecifics')
  const { batteryRemainingMinutes: left } = deviceSpecifics
  return {
    ...deviceFacts(deviceSpecifics),
    ...(Number.isSafeInteger(left) && (left as number) >= 0 && { batteryRemainingMinutes: left as number }),
  }
}

/** Facts cut to what the schema takes. */
export function deviceFacts(said: { readonly [Key in keyof typeof factLimits]?: unknown }): DeviceFacts {
  const fact = (name: keyof typeof factLimits): string => lineOf(said[name], factLimits[name]) ?? ''
  return { deviceModel: fact('deviceModel'), platformVersion: fact('platformVersion'), clientVendor: fact('clientVendor'), clientVersion: fact('clientVersion') }
}

export const sharedDataJson = (facts: DeviceFacts) => ({ sharedData: { deviceSpecifics: facts } })
export const writeSharedData = (facts: DeviceFacts): string => JSON.stringify(sharedDataJson(facts))

const facts = Object.fromEntries(Object.entries(factLimits).map(([name, limit]) => [name, text(limit)]))

/** What is wrong with what was told of a device, by GSMA's schema; nothing when all is right. */
export const checkSharedData = (value: unknown): FieldProblem[] =>
  problemsOf(value, object({ sharedData: object({ deviceSpecifics: object(facts, { batteryRemainingMinutes: whole(0) }) }) }))
