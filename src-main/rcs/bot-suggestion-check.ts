import { suggestionLimits as limits } from './bot-suggestion'
import { phoneOf, urlOf } from './bot-text'
import { all, between, dateTime, exactlyOne, given, list, must, object, oneOf, problemsOf, text, url, type FieldProblem, type Rule } from './check'
import { isFields } from './json'
import { readDateTime } from './time'

const number = must('must be a telephone number: digits, with + or not', (value) => typeof value === 'string' && phoneOf(value) !== undefined)
const nothing = object({})
const fallbackUrl = url
const link = must('must be a URL that may be opened: https, http, tel, mailto, sms, sip or geo', (value) => urlOf(value) !== undefined)

/** Members that every button has: its words and its postback. */
export const tapRule: Rule = object({ displayText: text(limits.text) }, { postback: object({ data: text(limits.data, 0) }) })

const openUrl = all(
  object({ url: link, application: oneOf('browser', 'webview') }, { viewMode: oneOf('full', 'half', 'tall'), parameters: text(limits.parameters) }),
  given(({ application, viewMode }) => (application === 'browser' && viewMode !== undefined ? { name: 'viewMode', text: 'is only for application webview' } : undefined)),
)

const location: Rule = (value, field, tell) => {
  const isPoint = isFields(value) && (value['latitude'] !== undefined || value['longitude'] !== undefined)
  if (isPoint && value['query'] !== undefined) tell({ field, text: 'must have either latitude and longitude or query' })
  else if (isPoint) object({ latitude: between(-90, 90), longitude: between(-180, 180) }, { label: text(limits.label) })(value, field, tell)
  else object({ query: text(limits.query) })(value, field, tell)
}

const event = all(
  object({ startTime: dateTime, endTime: dateTime, title: text(limits.eventTitle) }, { description: text(limits.eventText), fallbackUrl }),
  given(({ startTime, endTime }) => {
    const [from, to] = [startTime, endTime].map((time) => (typeof time === 'string' ? readDateTime(time) : undefined))
    return from !== undefined && to !== undefined && to < from ? { name: 'endTime', text: 'is before startTime' } : undefined
  }),
)

const actionRule = all(tapRule, exactlyOne({
  urlAction: exactlyOne({ openUrl }),
  dialerAction: exactlyOne({
    dialPhoneNumber: object({ phoneNumber: number }, { fallbackUrl }),
    dialEnrichedCall: object({ phoneNumber: number }, { subject: text(limits.subject), fallbackUrl }),
    dialVideoCall: object({ phoneNumber: number }, { fallbackUrl }),
  }),
  mapAction: exactlyOne({ showLocation: object({ location }, { fallbackUrl }), requestLocationPush: nothing }),
  calendarAction: exactlyOne({ createCalendarEvent: event }),
  composeAction: exactlyOne({
    composeTextMessage: object({ phoneNumber: number, text: text(limits.message) }),
    composeRecordingMessage: object({ phoneNumber: number, type: oneOf('AUDIO', 'VIDEO') }),
  }),
  deviceAction: exactlyOne({ requestDeviceSpecifics: nothing }),
  settingsAction: exactlyOne({ disableAnonymization: nothing, enableDisplayedNotifications: nothing }),
}))

/** The members of one suggestion; a menu's entry may also be a menu. */
export const suggestionMembers = { reply: tapRule, action: actionRule } as const

export const suggestionRule: Rule = exactlyOne(suggestionMembers)

const chips = object({ suggestions: list(suggestionRule, 1, limits.chips) })

/** What is wrong with a list of chips, by GSMA's schema; nothing when all is right. */
export const checkSuggestions = (value: unknown): FieldProblem[] => problemsOf(value, chips)
