import { labelOf, placeOf } from '../base/geo-uri'
import type { SuggestedAction, Suggestion } from '../contract/suggestion'
import { lineOf, phoneOf, secondOf, urlOf, webUrlOf, wordOf, wordsOf } from './bot-text'
import { fieldsOf, isFields, listOf, present, readJson, type Fields } from './json'
import { writeDateTime } from './time'

export const suggestionType = 'application/vnd.gsma.botsuggestion.v1.0+json'

/** Limits of GSMA's schema, in characters and entries. */
export const suggestionLimits = {
  chips: 11, inCard: 4, text: 25, data: 2_048, parameters: 200, subject: 60, label: 100, query: 200, eventTitle: 100, eventText: 500, message: 100,
} as const
const limits = suggestionLimits
/** A longer postback would not fit into what goes back; a shorter one is never cut: the bot would be told what it has not said. */
const longestData = 8_192
/** More entries than that are not looked at. */
const mostLookedAt = 64

/**
 * GSMA FNW.11, `botsuggestion`: what cannot be read or done is left out, the rest stays.
 * @throws Fault `malformed` for what is no JSON, `too-large`
 */
export const readSuggestions = (input: string | Uint8Array): Suggestion[] => {
  const said = readJson(input, 'suggestions')
  return suggestionsOf(isFields(said) ? said['suggestions'] : said, limits.chips)
}

export const writeSuggestions = (suggestions: readonly Suggestion[]): string =>
  JSON.stringify({ suggestions: suggestions.map(suggestionJson) })

/** The first `most` of a list that can be read. */
export const suggestionsOf = (value: unknown, most: number): Suggestion[] =>
  listOf(value).slice(0, mostLookedAt).flatMap((each) => suggestionOf(each) ?? []).slice(0, most)

/** One suggestion, or nothing when it cannot be shown or done. */
export function suggestionOf(value: unknown): Suggestion | undefined {
  const { reply, action } = fieldsOf(value)
  if (isFields(reply)) return tapOf(reply)
  if (!isFields(action)) return undefined
  const tap = tapOf(action)
  const does = tap && actionOf(action)
  return does && { ...tap, action: does }
}

/** Its words and its postback. */
export function tapOf(said: Fields): Pick<Suggestion, 'text' | 'data'> | undefined {
  const text = lineOf(said['displayText'], limits.text)
  const { data } = fieldsOf(said['postback'])
  if (text === undefined || (typeof data === 'string' && data.length > longestData)) return undefined
  return { text, ...(typeof data === 'string' && { data }) }
}

export const tapJson = ({ text, data }: Pick<Suggestion, 'text' | 'data'>) =>
  ({ displayText: text, ...(data !== undefined && { postback: { data } }) })

export const suggestionJson = ({ action, ...tap }: Suggestion) =>
  (action ? { action: { ...actionJson(action), ...tapJson(tap) } } : { reply: tapJson(tap) })

const instead = ({ fallbackUrl }: Fields) => {
  const url = webUrlOf(fallbackUrl)
  return url === undefined ? {} : { instead: url }
}

/** Each action by where it stands; undefined for one that cannot be done. */
const readers: Readonly<Record<string, (said: Fields) => SuggestedAction | undefined>> = {
  'urlAction.openUrl': readOpenUrl,
  'dialerAction.dialPhoneNumber': (said) => readDial(said, 'voice'),
  'dialerAction.dialEnrichedCall': (said) => readDial(said, 'enriched'),
  'dialerAction.dialVideoCall': (said) => readDial(said, 'video'),
  'mapAction.showLocation': readShowPlace,
  'mapAction.requestLocationPush': () => ({ do: 'send-place' }),
  'calendarAction.createCalendarEvent': readEvent,
  'composeAction.composeTextMessage': (said) => {
    const [number, text] = [phoneOf(said['phoneNumber']), wordsOf(said['text'], limits.message)]
    return number !== undefined && text !== undefined ? { do: 'write-text', number, text } : undefined
  },
  'composeAction.composeRecordingMessage': (said) => {
    const [number, what] = [phoneOf(said['phoneNumber']), wordOf(said['type'], ['audio', 'video'])]
    return number !== undefined && what ? { do: 'record', number, what } : undefined
  },
  'deviceAction.requestDeviceSpecifics': () => ({ do: 'share-device' }),
  'settingsAction.disableAnonymization': () => ({ do: 'show-number' }),
  'settingsAction.enableDisplayedNotifications': () => ({ do: 'tell-read' }),
}

function actionOf(action: Fields): SuggestedAction | undefined {
  for (const [path, read] of Object.entries(readers)) {
    const [group, name] = path.split('.') as [string, string]
    const said = fieldsOf(action[group])[name]
    if (isFields(said)) return read(said)
  }
  return undefined
}

function readOpenUrl(said: Fields): SuggestedAction | undefined {
  const url = urlOf(said['url'])
  if (url === undefined) return undefined
  // COMPAT(MaaP): older bots send only the URL. What is no page has no view.
  const where = wordOf(said['application'], ['webview']) && /^https?:/.test(url) ? 'view' : 'browser'
  const height = where === 'view' ? wordOf(said['viewMode'], ['full', 'half', 'tall']) : undefined
  const parameters = where === 'view' ? lineOf(said['parameters'], limits.parameters) : undefined
  return { do: 'open-url', url, where, ...(height && { height }), ...(parameters !== undefined && { parameters }) }
}

function readDial(said: Fields, how: 'voice' | 'video' | 'enriched'): SuggestedAction | undefined {
  const number = phoneOf(said['phoneNumber'])
  const subject = how === 'enriched' ? lineOf(said['subject'], limits.subject) : undefined
  return number === undefined ? undefined : { do: 'dial', number, how, ...(subject !== undefined && { subject }), ...instead(said) }
}

const coordinateOf = (value: unknown): number => (typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN)

function readShowPlace(said: Fields): SuggestedAction | undefined {
  const location = fieldsOf(said['location'])
  const place = placeOf(coordinateOf(location['latitude']), coordinateOf(location['longitude']))
  const label = lineOf(labelOf(typeof location['label'] === 'string' ? location['label'] : undefined), limits.label)
  if (place) return { do: 'show-place', place: { ...place, ...(label !== undefined && { label }) }, ...instead(said) }
  const query = lineOf(location['query'] ?? said['query'], limits.query)
  return query === undefined ? undefined : { do: 'show-place', place: { query }, ...instead(said) }
}

function readEvent(said: Fields): SuggestedAction | undefined {
  const [from, to] = [secondOf(said['startTime']), secondOf(said['endTime'])]
  const title = lineOf(said['title'], limits.eventTitle)
  const text = wordsOf(said['description'], limits.eventText)
  if (from === undefined || title === undefined) return undefined
  return { do: 'add-event', from, to: Math.max(from, to ?? from), title, ...(text !== undefined && { text }), ...instead(said) }
}

const fallback = ({ instead }: { instead?: string }) => ({ ...(instead !== undefined && { fallbackUrl: instead }) })

function actionJson(action: SuggestedAction): Fields {
  switch (action.do) {
    case 'open-url': {
      const { url, where, height, parameters } = action
      return { urlAction: { openUrl: present({ url, application: where === 'view' ? 'webview' : 'browser', viewMode: height, parameters }) } }
    }
    case 'dial': {
      const { number, how, subject } = action
      const name = ({ voice: 'dialPhoneNumber', video: 'dialVideoCall', enriched: 'dialEnrichedCall' } as const)[how]
      return { dialerAction: { [name]: { phoneNumber: number, ...(subject !== undefined && { subject }), ...fallback(action) } } }
    }
    case 'show-place': return { mapAction: { showLocation: { location: action.place, ...fallback(action) } } }
    case 'send-place': return { mapAction: { requestLocationPush: {} } }
    case 'add-event': {
      const { from, to, title, text } = action
      return { calendarAction: { createCalendarEvent: {
        startTime: writeDateTime(from), endTime: writeDateTime(to), title, ...(text !== undefined && { description: text }), ...fallback(action),
      } } }
    }
    case 'write-text': return { composeAction: { composeTextMessage: { phoneNumber: action.number, text: action.text } } }
    case 'record': return { composeAction: { composeRecordingMessage: { phoneNumber: action.number, type: action.what.toUpperCase() } } }
    case 'share-device': return { deviceAction: { requestDeviceSpecifics: {} } }
    case 'show-number': return { settingsAction: { disableAnonymization: {} } }
    case 'tell-read': return { settingsAction: { enableDisplayedNotifications: {} } }
  }
}
