import { fontStyles } from '../contract/card'
import { cardLimits as limits } from './bot-message'
import { suggestionLimits } from './bot-suggestion'
import { suggestionRule } from './bot-suggestion-check'
import { all, exactlyOne, given, list, must, object, oneOf, problemsOf, text, url, whole, type FieldProblem, type Rule } from './check'
import { isFields } from './json'

const mediaType = must('must be a media type as image/jpeg', (value) => typeof value === 'string' && /^[a-z0-9][\w!#$&^.+-]*\/[\w!#$&^.+-]+(\s*;.*)?$/i.test(value))

const media = (...heights: readonly string[]): Rule => all(
  object(
    { mediaUrl: url, mediaContentType: mediaType, mediaFileSize: whole(1), height: oneOf(...heights) },
    { thumbnailUrl: url, thumbnailContentType: mediaType, thumbnailFileSize: whole(1), contentDescription: text(limits.alt) },
  ),
  given((said) => {
    const missing = said['thumbnailUrl'] === undefined ? undefined : ['thumbnailContentType', 'thumbnailFileSize'].find((name) => said[name] === undefined)
    return missing === undefined ? undefined : { name: missing, text: 'is missing beside thumbnailUrl' }
  }),
)

const card = (...heights: readonly string[]): Rule => (value, field, tell) => {
  if (isFields(value) && ['media', 'title', 'description'].every((name) => value[name] === undefined)) tell({ field, text: 'must have at least one of media, title, description' })
  object({}, {
    media: media(...heights), title: text(limits.title), description: text(limits.text), suggestions: list(suggestionRule, 1, suggestionLimits.inCard),
  })(value, field, tell)
}

const styles = list(oneOf(...fontStyles), 1, limits.styles)
const looks = { titleFontStyle: styles, descriptionFontStyle: styles, style: url }
const allHeights = ['SHORT_HEIGHT', 'MEDIUM_HEIGHT', 'TALL_HEIGHT'] as const

const single = object({
  layout: all(
    object({ cardOrientation: oneOf('VERTICAL', 'HORIZONTAL') }, { imageAlignment: oneOf('LEFT', 'RIGHT'), ...looks }),
    given(({ cardOrientation, imageAlignment }) =>
      (cardOrientation === 'HORIZONTAL' && imageAlignment === undefined ? { name: 'imageAlignment', text: 'is missing beside cardOrientation HORIZONTAL' } : undefined)),
  ),
  content: card(...allHeights),
})

const carousel: Rule = (value, field, tell) => {
  const isSmall = isFields(value) && isFields(value['layout']) && value['layout']['cardWidth'] === 'SMALL_WIDTH'
  object({
    layout: object({ cardWidth: oneOf('SMALL_WIDTH', 'MEDIUM_WIDTH') }, looks),
    content: list(card(...(isSmall ? allHeights.slice(0, 2) : allHeights)), limits.least, limits.most),
  })(value, field, tell)
}

const botMessage = object({ message: exactlyOne({ generalPurposeCard: single, generalPurposeCardCarousel: carousel }) })

/** What is wrong with a bot's message, by GSMA's schema; nothing when all is right. */
export const checkBotMessage = (value: unknown): FieldProblem[] => problemsOf(value, botMessage)
