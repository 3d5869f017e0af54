import { allowedUrl } from '../../base/allow-list'
import { fieldsOf, isFields } from '../../rcs/json'
import type { Problem } from './invalid'

/** Reads the fields of an object, and gathers what is wrong with them. */
export class Fields {
  constructor(readonly value: Readonly<Record<string, unknown>>, readonly path: string, readonly problems: Problem[]) {}

  /** The same of what should be an object; of none where it is none. */
  static of(value: unknown, path: string, problems: Problem[]): Fields {
    return new Fields(fieldsOf(value), path, problems)
  }

  wrong(name: string, text: string): undefined {
    this.problems.push({ field: this.#field(name), text })
    return undefined
  }

  /** An object within; an empty one where there is none. */
  within(name: string, isNeeded = false): Fields {
    const value = this.value[name]
    if (!isFields(value) && (isNeeded || value !== undefined)) this.wrong(name, value === undefined ? 'is missing' : 'must be an object')
    return Fields.of(value, this.#field(name), this.problems)
  }

  has(name: string): boolean {
    return this.value[name] !== undefined
  }

  text(name: string, { most, isNeeded = false }: { most: number; isNeeded?: boolean }): string | undefined {
    const value = this.value[name]
    if (value === undefined) return isNeeded ? this.wrong(name, 'is missing') : undefined
    if (typeof value !== 'string' || !value) return this.wrong(name, 'must be text')
    return value.length > most ? this.wrong(name, `may have ${most} characters`) : value
  }

  /** A number within bounds, also where it was written as text. */
  number(name: string, { least, most, isNeeded = false }: { least: number; most: number; isNeeded?: boolean }): number | undefined {
    const value = this.value[name]
    if (value === undefined) return isNeeded ? this.wrong(name, 'is missing') : undefined
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) return this.wrong(name, 'must be a number')
    return number < least || number > most ? this.wrong(name, `must be from ${least} to ${most}`) : number
  }

  word<Word extends string>(name: string, words: readonly Word[], isNeeded = false): Word | undefined {
    const value = this.value[name]
    if (value === undefined) return isNeeded ? this.wrong(name, 'is missing') : undefined
    return words.find((word) => word === value) ?? this.wrong(name, `must be ${words.join(' or ')}`)
  }

  /** A web address that a client may open. */
  url(name: string, isNeeded = false): string | undefined {
    const value = this.value[name]
    if (value === undefined) return isNeeded ? this.wrong(name, 'is missing') : undefined
    const url = typeof value === 'string' ? allowedUrl(value) : undefined
    return url !== undefined && /^https?:/.test(url) ? url : this.wrong(name, 'must be an http or https address')
  }

  /** ms since 1970. */
  time(name: string): number | undefined {
    const value = this.value[name]
    if (value === undefined) return undefined
    const at = typeof value === 'string' ? Date.parse(value) : NaN
    return Number.isNaN(at) ? this.wrong(name, 'must be a time as 2026-01-31T08:00:00Z') : at
  }

  #field(name: string): string {
    return this.path ? `${this.path}.${name}` : name
  }
}
