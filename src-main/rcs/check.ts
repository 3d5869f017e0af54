import { lengthOf, webUrlOf } from './bot-text'
import { isFields } from './json'
import { readDateTime } from './time'

/** What is wrong with one member of a document: its path, as in `message.generalPurposeCard.content.title`, and why. */
export interface FieldProblem {
  field: string
  text: string
}

/** Tells what is wrong with a value at a place. */
export type Rule = (value: unknown, field: string, tell: (problem: FieldProblem) => void) => void

/** Problems told of one document: whoever has more begins with these. */
const most = 50

/** What is wrong with a document, in its order; nothing when all is right. */
export function problemsOf(value: unknown, rule: Rule): FieldProblem[] {
  const problems: FieldProblem[] = []
  rule(value, '', (problem) => {
    if (problems.length < most) problems.push({ ...problem, field: problem.field || '(document)' })
  })
  return problems
}

const below = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`)

/** A rule of one question: `text` says what the value must be. */
export const must = (text: string, isRight: (value: unknown) => boolean): Rule => (value, field, tell) => {
  if (!isRight(value)) tell({ field, text })
}

/** A text of `least` to `limit` characters. */
export const text = (limit: number, least = 1): Rule => (value, field, tell) => {
  if (typeof value !== 'string') return tell({ field, text: 'must be a text' })
  const length = lengthOf(value)
  if (length > limit) tell({ field, text: `has ${length} characters, at most ${limit} are allowed` })
  else if (length < least) tell({ field, text: least === 1 ? 'must not be empty' : `has ${length} characters, at least ${least} are needed` })
}

export const oneOf = (...words: readonly string[]): Rule => must(`must be ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}`, (value) => typeof value === 'string' && words.includes(value))

export const url: Rule = must('must be an absolute http or https URL without a name or password, of at most 2048 characters', (value) => webUrlOf(value) !== undefined)

export const whole = (least: number): Rule => must(`must be a whole number, ${least} or more`, (value) => Number.isSafeInteger(value) && (value as number) >= least)

export const between = (least: number, greatest: number): Rule =>
  must(`must be a number from ${least} to ${greatest}`, (value) => typeof value === 'number' && value >= least && value <= greatest)

export const dateTime: Rule = must('must be a date and time as 2026-11-26T08:00:00Z', (value) => typeof value === 'string' && readDateTime(value) !== undefined)

export const flag: Rule = must('must be true or false', (value) => typeof value === 'boolean')

/** A list of `least` to `limit` of the same. */
export const list = (each: Rule, least: number, limit: number): Rule => (value, field, tell) => {
  if (!Array.isArray(value)) return tell({ field, text: 'must be a list' })
  if (value.length < least || value.length > limit) tell({ field, text: `has ${value.length} entries, ${least} to ${limit} are allowed` })
  value.slice(0, limit).forEach((one, index) => each(one, `${field}[${index}]`, tell))
}

/** An object: what it must have, and what it may have. Other members are nobody's business. */
export const object = (required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule => (value, field, tell) => {
  if (!isFields(value)) return tell({ field, text: 'must be an object' })
  for (const [name, rule] of Object.entries(required)) {
    if (value[name] === undefined) tell({ field: below(field, name), text: 'is missing' })
    else rule(value[name], below(field, name), tell)
  }
  for (const [name, rule] of Object.entries(optional)) if (value[name] !== undefined) rule(value[name], below(field, name), tell)
}

/** An object that has exactly one of these members. */
export const exactlyOne = (members: Record<string, Rule>): Rule => (value, field, tell) => {
  if (!isFields(value)) return tell({ field, text: 'must be an object' })
  const there = Object.keys(members).filter((name) => value[name] !== undefined)
  const names = Object.keys(members).join(', ')
  if (there.length !== 1) tell({ field, text: there.length === 0 ? `must have one of ${names}` : `must have only one of ${there.join(', ')}` })
  for (const name of there) members[name]!(value[name], below(field, name), tell)
}

/** Several rules of the same value. */
export const all = (...rules: readonly Rule[]): Rule => (value, field, tell) => {
  // What is no object at all is said once.
  if (rules.length > 1 && !isFields(value)) return tell({ field, text: 'must be an object' })
  for (const rule of rules) rule(value, field, tell)
}

/** Only what stands in the document beside it tells whether a member is right. */
export const given = (tells: (fields: Record<string, unknown>) => { name: string; text: string } | undefined): Rule => (value, field, tell) => {
  const problem = isFields(value) ? tells(value) : undefined
  if (problem) tell({ field: below(field, problem.name), text: problem.text })
}
