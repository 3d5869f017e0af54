import { isSubmenu, type BotMenu, type BotMenuEntry } from '../contract/bot'
import { suggestionJson, suggestionLimits, suggestionOf } from './bot-suggestion'
import { suggestionMembers } from './bot-suggestion-check'
import { lineOf } from './bot-text'
import { exactlyOne, list, must, object, problemsOf, text, type FieldProblem, type Rule } from './check'
import { fieldsOf, isFields, listOf, readJson, type Fields } from './json'
import { malformed } from './mime'

/** Entries of a menu and of each of its submenus, and how many levels stand below the first. */
export const menuLimits = { entries: 5, levels: 2 } as const

/**
 * A bot's menu (GSMA `chatbot_menu_schema.json`): what cannot be read or done is left out, the rest stays.
 * @throws Fault `malformed` when there is no entry, `too-large`
 */
export function readMenu(input: string | Uint8Array): BotMenu {
  const menu = menuOf(readJson(input, 'menu'))
  if (!menu) throw malformed('menu', 'no entry')
  return menu
}

/** The same of what was read as JSON already; nothing when no entry is left. */
export function menuOf(value: unknown): BotMenu | undefined {
  const said = fieldsOf(value)
  const entries = entriesOf(fieldsOf(said['menu'] ?? said)['entries'], menuLimits.levels)
  return entries.length > 0 ? { entries } : undefined
}

const entriesOf = (value: unknown, levels: number): BotMenuEntry[] =>
  listOf(value).slice(0, 64).flatMap((each) => entryOf(each, levels) ?? []).slice(0, menuLimits.entries)

function entryOf(value: unknown, levels: number): BotMenuEntry | undefined {
  const { menu } = fieldsOf(value)
  if (!isFields(menu)) return suggestionOf(value)
  const text = lineOf(menu['displayText'], suggestionLimits.text)
  const entries = levels > 0 ? entriesOf(menu['entries'], levels - 1) : []
  return text !== undefined && entries.length > 0 ? { text, entries } : undefined
}

export const writeMenu = (menu: BotMenu): string => JSON.stringify(menuJson(menu))

export const menuJson = ({ entries }: BotMenu) => ({ menu: { entries: entries.map(entryJson) } })

const entryJson = (entry: BotMenuEntry): Fields =>
  (isSubmenu(entry) ? { menu: { displayText: entry.text, entries: entry.entries.map(entryJson) } } : suggestionJson(entry))

const entriesRule = (levels: number): Rule => list(entryRule(levels), 1, menuLimits.entries)

function entryRule(levels: number): Rule {
  const submenu = levels > 0
    ? object({ displayText: text(suggestionLimits.text), entries: entriesRule(levels - 1) })
    : must('stands too deep: a menu has at most two levels below the first', () => false)
  return exactlyOne({ ...suggestionMembers, menu: submenu })
}

export const menuRule: Rule = object({ menu: object({ entries: entriesRule(menuLimits.levels) }) })

/** What is wrong with a menu, by GSMA's schema; nothing when all is right. */
export const checkMenu = (value: unknown): FieldProblem[] => problemsOf(value, menuRule)
