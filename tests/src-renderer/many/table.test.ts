import { describe, expect, it, test } from 'vitest'
import { readTable, type TableChoice } from '../../../src-renderer/many/table'

const words = { titleOf: (n: number) => `Column ${n}`, name: 'Name' }
const read = (text: string, choice?: TableChoice) => readTable(text, words, choice)
const people = (text: string, choice?: TableChoice) => read(text, choice).rows.map(({ typed, fields }) => [typed, fields])

describe('a table from a spreadsheet', () => {
  it('says by its headings what its columns are', () => {
    const table = read('姓名\t手机号码\t座位 号\t备注\n王伟\t138 0013 8000\t12A\t\n李娜\t+86-139-0013-9000\t12B\t素食\n')
    expect(table).toMatchObject({ hasHeadings: true, addresses: 1, wrong: [], titles: ['姓名', '手机号码', '座位 号', '备注'] })
    expect(table.columns).toEqual([{ key: 'name', title: '姓名' }, { key: '座位 号', title: '座位 号' }, { key: '备注', title: '备注' }])
    expect(table.rows).toEqual([
      { line: 2, typed: '138 0013 8000', fields: { name: '王伟', '座位 号': '12A', 备注: '' } },
      { line: 3, typed: '+86-139-0013-9000', fields: { name: '李娜', '座位 号': '12B', 备注: '素食' } },
    ])
  })

  it('without headings has the names beside the numbers', () => {
    expect(people('13800138000,Mei,12\n13900139000,Lan,9000')).toEqual([
      ['13800138000', { name: 'Mei', 'column 3': '12' }], ['13900139000', { name: 'Lan', 'column 3': '9000' }],
    ])
  })

  it('may be quoted, with separators, quotes and lines in its cells', () => {
    expect(people('name,number,note\r\n"Mei ""May"" Wang",mei@example.org,"two\nlines, one cell"\r\nLan,lan,\r\n')).toEqual([
      ['mei@example.org', { name: 'Mei "May" Wang', note: 'two\nlines, one cell' }], ['lan', { name: 'Lan', note: '' }],
    ])
    expect(read('a;1380013800\n"b\nb";1380013801\n\n;x y').wrong).toEqual([{ line: 5, text: 'x y', why: 'no-address' }])
  })

  it('keeps what is wrong, with its line and why', () => {
    const { rows, wrong } = read('Name\tPhone\nMei\t13800138000\nLan\t1.38E+10\nWei\t\nZoe\tn/a\n\nYun\t转 8000\n' + `Big\t13800138001\t${'x'.repeat(2_001)}`)
    expect(rows.map(({ line }) => line)).toEqual([2])
    expect(wrong.map(({ line, why }) => `${line} ${why}`)).toEqual(['3 spoiled', '4 no-address', '5 no-address', '7 no-address', '8 too-long'])
    expect(wrong[0]!.text).toBe('Lan · 1.38E+10')
  })

  it('does as it is told where it guessed wrong', () => {
    const text = '1001\t13800138000\n1002\t13900139000'
    expect(read(text).addresses).toBe(1)
    expect(people(text, { addresses: 0 })).toEqual([['1001', { name: '13800138000' }], ['1002', { name: '13900139000' }]])
    expect(people('mei\nlan', { hasHeadings: true })).toEqual([['lan', {}]])
    expect(people('Name\tPhone\nMei\t13800138000', { hasHeadings: false }).length).toBe(2)
  })

  it('tells headings apart that come twice, or are missing, or could not stand in the words', () => {
    expect(read('Tel\tDay\tday\t\t{x|y}\n13800138000\t1\t2\t3\t4').columns).toEqual([
      { key: 'day', title: 'Day' }, { key: 'day 2', title: 'day' }, { key: 'column 4', title: 'Column 4' }, { key: 'x y', title: 'x y' },
    ])
  })
})

describe('no table', () => {
  it('numbers one below or beside the other are people', () => {
    expect(people('13800138000, +86 139 0013 9000；sip:mei@example.org\n10086100')).toEqual([
      ['13800138000', {}], ['+86 139 0013 9000', {}], ['sip:mei@example.org', {}], ['10086100', {}],
    ])
    expect(people('mei\n10086\n１３８００１３８０００')).toEqual([['mei', {}], ['10086', {}], ['１３８００１３８０００', {}]])
  })

  it('a name and a number in one line are both', () => {
    expect(people('王伟 138 0013 8000\n"Mei Wang" <mei@example.org>\n李娜：13900139000\n13700137000\nsomebody else')).toEqual([
      ['138 0013 8000', { name: '王伟' }], ['mei@example.org', { name: 'Mei Wang' }], ['13900139000', { name: '李娜' }], ['13700137000', { name: '' }],
    ])
    expect(read('王伟 138 0013 8000\nsomebody else').wrong).toEqual([{ line: 2, text: 'somebody else', why: 'no-address' }])
  })

  test.each(['', '\n\n', '   ', '\uFEFF'])('%j is nobody', (text) => expect(read(text)).toMatchObject({ rows: [], wrong: [] }))

  it('ten thousand rows are read at once', () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `客人${i}\t1380000${String(i).padStart(4, '0')}`).join('\n')
    const began = performance.now()
    expect(read(text).rows).toHaveLength(10_000)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
