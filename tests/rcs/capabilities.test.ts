import { describe, expect, it } from 'vitest'
import { ourBotVersions, ourFeatures, readContactFeatures, writeContactFeatures } from '../../src-main/rcs/capabilities'
import type { Feature } from '../../src-main/rcs/capabilities'
import { readContacts } from '../../src-main/sip/name-address'

function through(contact: string) {
  const contacts = readContacts([contact])
  if (contacts === '*') throw new Error('a star')
  return readContactFeatures(contacts[0]!.params)
}

describe('feature tags', () => {
  it('reads those of an RCS phone', () => {
    const found = through('<sip:+861@192.0.2.10:5061;transport=tls>;reg-id=1;+sip.instance="<urn:uuid:6f474eac-f1a1-4085-b654-c9ed5c9cf1c3>"'
      + ';+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session,urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.msg"'
      + ';+g.3gpp.iari-ref="urn%3Aurn-7%3A3gpp-application.ims.iari.rcs.fthttp";+g.gsma.rcs.botversion="#=1,#=2"')
    expect([...found.features].sort()).toEqual(['file-transfer', 'pager', 'session'])
    expect(found).toMatchObject({ window: 1, botVersions: [1, 2] })
  })

  it('finds none in a plain Linphone', () => {
    expect(through('<sip:alice@127.0.0.1:51580;transport=tcp>;+sip.instance="<urn:uuid:1>";+org.linphone.specs="lime"').features.size).toBe(0)
  })

  it('reads back what it writes, each reference parameter once', () => {
    const all: Feature[] = ['pager', 'large', 'session', 'group', 'file-transfer', 'chatbot', 'geolocation', 'is-bot', 'revoke', 'copies', 'focus']
    const text = writeContactFeatures(all, 32)
    expect(text.match(/icsi-ref/g)).toHaveLength(1)
    expect(text.match(/iari-ref/g)).toHaveLength(1)
    const found = through(`<sip:a@x>${text}`)
    expect([...found.features].sort()).toEqual([...all].sort())
    expect(found.window).toBe(32)
  })

  it('says what we do, that we take copies and albums, and the window that it is given', () => {
    const found = through(`<sip:a@x>${writeContactFeatures(ourFeatures, 32, ourBotVersions)}`)
    expect(found.features).toEqual(new Set(['pager', 'large', 'file-transfer', 'geolocation', 'chatbot', 'copies', 'album', 'groups']))
    expect(found.botVersions).toEqual([1])
    expect(found.window).toBe(32)
  })

  it('keeps the window between 1 and 32', () => {
    const windowOf = (value: string) => readContactFeatures({ '+g.yanxin.window': value }).window
    expect(['0', '1', '7', '33', '999', '1e9', '-1', ''].map(windowOf)).toEqual([1, 1, 7, 32, 32, 1, 1, 1])
  })

  it('reads names in any case and literal colons', () => {
    const found = readContactFeatures([['+G.3GPP.ICSI-Ref', '"urn:urn-7:3gpp-service.ims.icsi.oma.cpm.msg"'], ['+g.gsma.rcs.isBot', undefined]])
    expect(found.features).toEqual(new Set(['pager', 'is-bot']))
  })
})
