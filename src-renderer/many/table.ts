import { fieldKey } from '../../src-main/contract/personal'
import type { Column, TypedRow, WrongRow } from '../state'

/** What was pasted or read from a file, as people. */
export interface Table {
  rows: TypedRow[]
  wrong: WrongRow[]
  /** Without the one of the addresses. */
  columns: Column[]
  /** How all columns are called, for a choice of the one with the addresses. */
  titles: string[]
  /** Which column has the addresses. */
  addresses: number
  hasHeadings: boolean
}

export interface TableChoice {
  /** The column with the addresses. @default the one that looks most like it */
  addresses?: number | undefined
  /** Whether the first row says what the columns are. @default as it looks */
  hasHeadings?: boolean | undefined
}

const headings = new Set([
  'number', 'phone', 'phone number', 'mobile', 'mobile number', 'tel', 'telephone', 'address', 'sip', 'rcs', 'msisdn', 'user', 'to',
  '号码', '號碼', '手机', '手機', '手机号', '手機號', '手机号码', '手機號碼', '电话', '電話', '电话号码', '電話號碼', '联系电话', '聯繫電話', '地址', '账号', '帳號',
])
/** RFC 3966 5.1.1: marks that people put into numbers for the eye. */
const separators = /[\s().\-\u2010-\u2015/]/gu
const LONGEST = 2_000

const plain = (text: string): string => text.normalize('NFKC').trim()
const digitsOf = (text: string): string => plain(text).replace(separators, '')

/** How much a cell looks like the number or address of somebody. */
function likeness(cell: string): number {
  if (/^\+?\d{7,20}$/.test(digitsOf(cell)) || /^(sips?|tel):/i.test(plain(cell)) || /^[^\s@]+@[^\s@]+$/.test(plain(cell))) return 2
  return /^\+?\d{3,6}$/.test(digitsOf(cell)) ? 1 : 0
}
/** A name of an account without its domain. */
const isUser = (cell: string): boolean => /^(?=.*[a-z])[\w.~-]{1,64}$/iu.test(plain(cell))
/** A spreadsheet has rounded the number: what is missing cannot be known. */
const isSpoiled = (cell: string): boolean => /^\d([.,]\d+)?e\+?\d+$/i.test(plain(cell))

/** Cells between tabs, or commas where there are none; quoted ones may hold either, and line ends. */
function cellsOf(text: string): { line: number; cells: string[] }[] {
  const between = text.includes('\t') ? /\t/ : /[,，;；]/
  const rows: { line: number; cells: string[] }[] = []
  let cells: string[] = []
  let cell = ''
  let line = 1
  let began = 1
  let isQuoted = false
  const endCell = () => {
    cells.push(cell.trim())
    cell = ''
  }
  const endRow = () => {
    endCell()
    if (cells.some((one) => one !== '')) rows.push({ line: began, cells })
    cells = []
    began = line
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\n') line++
    if (isQuoted) {
      if (char !== '"') cell += char
      else if (text[i + 1] === '"') cell += text[++i]!
      else isQuoted = false
    } else if (char === '"' && cell.trim() === '') {
      isQuoted = true
      cell = ''
    } else if (char === '\n') endRow()
    else if (between.test(char)) endCell()
    else if (char !== '\r') cell += char
  }
  endRow()
  return rows
}

/** `王伟 138 0013 8000` and `Mei <mei@example.org>` in a table of one column are a name and an address. */
function parted(cell: string): [name: string, address: string] | undefined {
  const found = /^(.*?)\s*[<＜]([^<>＜＞]+)[>＞]$/u.exec(cell) ?? /^(.*?\D)[\s:：]+(\+?\d[\d\s()./-]{2,}\d)$/u.exec(cell)
  return found && likeness(found[2]!) > 0 ? [found[1]!.replace(/[\s:："]+$/u, '').replace(/^"/, ''), found[2]!] : undefined
}

/** Reads people out of what was pasted. @param titleOf what column n (from 1) is called when nobody says it; @param name what names are called */
export function readTable(text: string, { titleOf, name }: { titleOf: (n: number) => string; name: string }, choice: TableChoice = {}): Table {
  let rows = cellsOf(text.replace(/^\uFEFF/, ''))
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 1)
  const filled = rows.flatMap(({ cells }) => cells.filter((cell) => cell !== ''))
  // Nothing but numbers, side by side: each is somebody.
  if (width > 1 && filled.every((cell) => likeness(cell) === 2)) {
    rows = rows.flatMap(({ line, cells }) => cells.filter((cell) => cell !== '').map((cell) => ({ line, cells: [cell] })))
    return tableOf(rows, 1, { titleOf, name }, { ...choice, hasHeadings: false })
  }
  if (width === 1 && rows.some(({ cells }) => parted(cells[0]!))) {
    rows = rows.map(({ line, cells: [cell = ''] }) => ({ line, cells: parted(cell) ?? (likeness(cell) > 0 || isUser(cell) ? ['', cell] : [cell, '']) }))
    return tableOf(rows, 2, { titleOf, name }, { ...choice, addresses: 1 })
  }
  return tableOf(rows, width, { titleOf, name }, choice)
}

function tableOf(rows: { line: number; cells: string[] }[], width: number, { titleOf, name }: { titleOf: (n: number) => string; name: string }, choice: TableChoice): Table {
  const columns = Array.from({ length: width }, (_, i) => i)
  const [first] = rows
  const named = columns.find((i) => headings.has(fieldKey(first?.cells[i] ?? '')))
  const score = (i: number) => rows.reduce((sum, { cells }) => sum + likeness(cells[i] ?? ''), 0)
  const best = columns.reduce((most, i) => (score(i) > score(most) ? i : most), 0)
  const addresses = Math.min(choice.addresses ?? named ?? best, width - 1)
  const looksHeaded = first !== undefined && (named !== undefined || columns.some((i) => fieldKey(first.cells[i] ?? '') === 'name') ||
    (rows.length > 1 && likeness(first.cells[addresses] ?? '') === 0 && score(addresses) >= rows.length - 1 && (width > 1 || !isUser(first.cells[0] ?? ''))))
  const hasHeadings = choice.hasHeadings ?? looksHeaded
  const titles = titlesOf(hasHeadings ? first!.cells : [], columns, addresses, { titleOf, name })
  const keys = keysOf(titles)
  const others = columns.filter((i) => i !== addresses)
  const table: Table = {
    rows: [], wrong: [], titles, addresses, hasHeadings, columns: others.map((i) => ({ key: keys[i]!, title: titles[i]! })),
  }
  for (const { line, cells } of hasHeadings ? rows.slice(1) : rows) {
    const typed = cells[addresses] ?? ''
    const why = isSpoiled(typed) ? 'spoiled' : likeness(typed) === 0 && !isUser(typed) ? 'no-address' : cells.some((cell) => cell.length > LONGEST) || typed.length > 255 ? 'too-long' : undefined
    if (why) table.wrong.push({ line, why, text: cells.filter((cell) => cell !== '').join(' · ').slice(0, 200) })
    else table.rows.push({ line, typed, fields: Object.fromEntries(others.map((i) => [keys[i]!, cells[i] ?? ''])) })
  }
  return table
}

/** Where nobody says what the columns are, the first beside the addresses has the names. */
function titlesOf(said: readonly string[], columns: readonly number[], addresses: number, { titleOf, name }: { titleOf: (n: number) => string; name: string }): string[] {
  const clean = columns.map((i) => (said[i] ?? '').replace(/[{}｛｝|｜\s]+/gu, ' ').trim().slice(0, 40))
  const names = said.length > 0 ? -1 : columns.find((i) => i !== addresses)
  return columns.map((i) => clean[i] || (i === names ? name : titleOf(i + 1)))
}

/** A heading that comes twice is told apart by its number. */
function keysOf(titles: readonly string[]): string[] {
  const seen = new Set<string>()
  return titles.map((title) => {
    let key = fieldKey(title)
    for (let n = 2; seen.has(key); n++) key = `${fieldKey(title)} ${n}`
    seen.add(key)
    return key
  })
}
