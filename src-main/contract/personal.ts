/**
 * `{name}` in the words of a message to many, or with what stands there where it is empty: `{name|friend}`. Braces and the bar as
 * a Chinese keyboard gives them are the same.
 */
const field = /[{｛]([^{}｛｝|｜\n]{1,40})(?:[|｜]([^{}｛｝\n]{0,200}))?[}｝]/gu

/** Headings that people and spreadsheets give a name. */
const names = new Set(['name', 'full name', '姓名', '名字', '名称', '名稱', '称呼', '稱呼'])

/** The key of a field, however it is written: `Name`, `ＮＡＭＥ` and `姓名` are `name`. */
export function fieldKey(text: string): string {
  const key = text.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase()
  return names.has(key) ? 'name' : key
}

/** A field as it stands in the words. */
export interface FieldUse {
  key: string
  /** As it was written, without braces and bar. */
  title: string
  /** What stands there where the field is empty; absent when nothing was said. */
  otherwise?: string
}

/** The fields of a text, each as often as it is used. */
export const fieldsOf = (words: string): FieldUse[] => [...words.matchAll(field)].map(([, title = '', otherwise]) => ({
  key: fieldKey(title), title: title.trim(), ...(otherwise !== undefined && { otherwise: otherwise.trim() }),
}))

/** What somebody with these fields gets. A brace that is no field of theirs, and has nothing to stand for it, stays as it is written. */
export function fill(words: string, fields: Readonly<Record<string, string>>): string {
  return words.replace(field, (whole: string, title: string, otherwise: string | undefined) => {
    const key = fieldKey(title)
    const value = Object.hasOwn(fields, key) ? fields[key]!.trim() : undefined
    return value || (otherwise?.trim() ?? (value === undefined ? whole : ''))
  })
}
