import { expect, it } from 'vitest'
import { ownFeatures } from '../../src-main/network/capabilities'
import { readContactFeatures } from '../../src-main/rcs/capabilities'
import { readNameAddress } from '../../src-main/sip/name-address'

it('our Contact says that copies are taken, and offers no window: one in flight keeps the order of a conversation', () => {
  const { params } = readNameAddress(`<sip:mei@home.test>${ownFeatures()}`)
  const { features, window } = readContactFeatures(params)
  expect(features.has('copies')).toBe(true)
  expect(window).toBe(1)
})
