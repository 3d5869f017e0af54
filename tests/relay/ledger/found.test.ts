import { expect, it } from 'vitest'
import { found } from '../../../src-main/relay/ledger/db'

it('a row that is missing where it must be says that the file is damaged', () => {
  expect(found({ n: 1 })).toEqual({ n: 1 })
  expect(() => found(undefined)).toThrow(expect.objectContaining({ code: 'disk-broken' }))
})
