import { describe, expect, it } from 'vitest'
import { readResourceLists, writeResourceLists } from '../../src-main/rcs/resource-lists'
import { faultOf } from './captures'

describe('resource-lists', () => {
  it('reads lists inside lists, each address once', () => {
    expect(readResourceLists(`<p:resource-lists xmlns:p="urn:ietf:params:xml:ns:resource-lists" xmlns:cp="urn:ietf:params:xml:ns:copycontrol"><p:list>
      <p:entry uri="tel:+8613800000002" cp:copyControl="to"/><p:list><p:entry uri="sip:lan@x"/></p:list><p:entry uri="sip:lan@x"/>
    </p:list></p:resource-lists>`)).toEqual(['tel:+8613800000002', 'sip:lan@x'])
  })

  it('reads back what it writes', () => {
    const uris = ['sip:mei@x', 'sip:a&b@x', 'tel:+8613800000002']
    expect(readResourceLists(writeResourceLists(uris))).toEqual(uris)
  })

  it('refuses what is no list, and one that does not end', () => {
    expect(faultOf(() => readResourceLists('<list/>'))).toBe('malformed')
    expect(faultOf(() => readResourceLists(writeResourceLists(Array.from({ length: 1_001 }, (_, i) => `sip:u${i}@x`))))).toBe('too-large')
  })
})
