import { Fields } from '../../fields'
import type { Problem } from '../../invalid'

/** Google's `suggestions` as the list of rcs.md 4.2. @param field where they stand */
export function suggestionsOf(value: unknown, field: string, most: number, problems: Problem[]): object[] {
  if (!Array.isArray(value) || !value.length || value.length > most) {
    problems.push({ field, text: `must be a list of 1 to ${most}` })
    return []
  }
  return value.flatMap((each: unknown, i) => {
    const at = Fields.of(each, `${field}[${i}]`, problems)
    return suggestionOf(at) ?? []
  })
}

function suggestionOf(at: Fields): object | undefined {
  const [name, more] = (['reply', 'action'] as const).filter((each) => at.has(each))
  if (!name || more) {
    at.problems.push({ field: at.path, text: 'must have exactly one of reply and action' })
    return undefined
  }
  const said = at.within(name)
  const displayText = said.text('text', { most: 25, isNeeded: true })
  const data = said.text('postbackData', { most: 2_048 })
  const tapped = { displayText, ...(data !== undefined && { postback: { data } }) }
  return name === 'reply' ? { reply: tapped } : { action: { ...actionOf(said), ...tapped } }
}

const actions = ['dialAction', 'viewLocationAction', 'createCalendarEventAction', 'openUrlAction', 'shareLocationAction'] as const

function actionOf(said: Fields): object | undefined {
  const [name, more] = actions.filter((each) => said.has(each))
  if (!name || more) {
    said.problems.push({ field: said.path, text: `must have exactly one of ${actions.join(', ')}` })
    return undefined
  }
  const at = said.within(name)
  const fallbackUrl = said.url('fallbackUrl')
  const instead = fallbackUrl === undefined ? {} : { fallbackUrl }
  switch (name) {
    case 'dialAction': return { dialerAction: { dialPhoneNumber: { phoneNumber: at.text('phoneNumber', { most: 40, isNeeded: true }), ...instead } } }
    case 'shareLocationAction': return { mapAction: { requestLocationPush: {} } }
    case 'viewLocationAction': return { mapAction: { showLocation: { location: placeOf(at), ...instead } } }
    case 'createCalendarEventAction': {
      const [startTime, endTime] = (['startTime', 'endTime'] as const).map((each) => {
        if (!at.has(each)) at.wrong(each, 'is missing')
        const time = at.time(each)
        return time === undefined ? undefined : new Date(time).toISOString()
      })
      const description = at.text('description', { most: 500 })
      return { calendarAction: { createCalendarEvent: { startTime, endTime, title: at.text('title', { most: 100, isNeeded: true }), ...(description !== undefined && { description }), ...instead } } }
    }
    case 'openUrlAction': {
      const isView = at.word('application', ['BROWSER', 'WEBVIEW']) === 'WEBVIEW'
      const mode = at.word('webviewViewMode', ['FULL', 'HALF', 'TALL'])
      return { urlAction: { openUrl: { url: at.url('url', true), application: isView ? 'webview' : 'browser', ...(isView && mode && { viewMode: mode.toLowerCase() }) } } }
    }
  }
}

function placeOf(at: Fields): object {
  const label = at.text('label', { most: 100 })
  if (!at.has('latLong')) return { query: at.text('query', { most: 200, isNeeded: true }) }
  const point = at.within('latLong')
  return {
    latitude: point.number('latitude', { least: -90, most: 90, isNeeded: true }), longitude: point.number('longitude', { least: -180, most: 180, isNeeded: true }),
    ...(label !== undefined && { label }),
  }
}
