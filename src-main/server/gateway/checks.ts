import { checkBotInfo } from '../../rcs/bot-info'
import { checkMenu } from '../../rcs/bot-menu'
import { checkBotMessage } from '../../rcs/bot-message-check'
import { checkSuggestions } from '../../rcs/bot-suggestion-check'
import type { Problem } from './invalid'

/**
 * What GSMA's own samples and the bots written after them leave out although the schema wants it (rcs.md 4.1, 4.2): how large a card's
 * picture is, and where a URL is to be opened.
 */
const leftOut = /(?:^|\.)(?:mediaFileSize|thumbnailFileSize|application)$/

const within = (field: string, problems: readonly Problem[]): Problem[] =>
  problems.filter((problem) => !(leftOut.test(problem.field) && problem.text === 'is missing'))
    .map(({ field: name, text }) => ({ field: !field ? name : name !== '(document)' ? `${field}.${name}` : field, text }))

/** What is wrong with the `message` of rcs.md 4.1, said to be in `field`. */
export const problemsOfCard = (value: unknown, field = ''): Problem[] => within(field, checkBotMessage(value))
/** Of `suggestions`, rcs.md 4.2. */
export const problemsOfChips = (value: unknown, field = ''): Problem[] => within(field, checkSuggestions(value))
export const problemsOfMenu = (value: unknown, field = ''): Problem[] => within(field, checkMenu(value))
export const problemsOfInfo = (value: unknown, field = ''): Problem[] => within(field, checkBotInfo(value))
