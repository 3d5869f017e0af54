import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConferenceInfo } from '../../src-main/rcs/conference-info'
import { readConferenceInfo, writeConferenceInfo } from '../../src-main/rcs/conference-info'
import { faultOf } from './captures'

const root = (inside: string, attributes = 'entity="sip:conf-1@x" version="3"') =>
  `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" ${attributes}>${inside}</conference-info>`
const user = (inside: string, attributes = 'entity="sip:mei@x"') => root(`<users><user ${attributes}>${inside}</user></users>`)

describe('conference-info', () => {
  it('reads a roster with roles, statuses and who has gone', () => {
    const info = readConferenceInfo(`<?xml version="1.0"?>${root(`
      <conference-description><subject>周末</subject><maximum-user-count>100</maximum-user-count></conference-description>
      <users>
        <user entity="sip:mei@x" state="full"><display-text>Mei</display-text><roles><entry>admin</entry></roles>
          <endpoint entity="sip:mei@192.0.2.10"><status>connected</status></endpoint></user>
        <user entity="sip:lan@x"><endpoint entity="sip:lan@x"><status>disconnected</status><disconnection-method>departed</disconnection-method></endpoint></user>
        <user entity="sip:bo@x" state="deleted"/>
      </users>`)}`)
    expect(info).toEqual({
      entity: 'sip:conf-1@x', state: 'full', version: 3, subject: '周末', limit: 100, isWholeRoster: true,
      users: [
        { entity: 'sip:mei@x', state: 'full', displayText: 'Mei', isAdmin: true, status: 'connected' },
        { entity: 'sip:lan@x', state: 'full', status: 'disconnected', method: 'departed' },
        { entity: 'sip:bo@x', state: 'deleted' },
      ],
    })
  })

  it('takes a user with several devices as connected when one is', () => {
    const { users } = readConferenceInfo(user('<endpoint entity="a"><status>disconnected</status></endpoint><endpoint entity="b"><status>connected</status></endpoint>'))
    expect(users[0]!.status).toBe('connected')
  })

  it('does not take a partial document for the whole roster', () => {
    expect(readConferenceInfo(root('<users state="partial"/>', 'entity="sip:c@x" version="4" state="full"')).isWholeRoster).toBe(false)
    expect(readConferenceInfo(root('<users/>', 'entity="sip:c@x" version="4" state="partial"')).isWholeRoster).toBe(false)
  })

  it('reads the state that comes with a change of a newer version', () => {
    const info = readConferenceInfo(root('<subject/><y:change xmlns:y="urn:yanxin:conference-info" what="painted" by="sip:mei@x"/>'))
    expect(info.change).toBeUndefined()
    expect(info.version).toBe(3)
  })

  it('does not take a change of another vocabulary for ours', () => {
    expect(readConferenceInfo(root('<change what="created" by="sip:mei@x"/>')).change).toBeUndefined()
  })

  it.each([
    ['another vocabulary', '<imdn xmlns="urn:ietf:params:xml:ns:imdn"/>'],
    ['another namespace', '<conference-info xmlns="urn:other" entity="sip:c@x" version="1"/>'],
    ['no entity', root('', 'version="1"')],
    ['no version', root('', 'entity="sip:c@x"')],
    ['a version that is none', root('', 'entity="sip:c@x" version="-1"')],
    ['an unknown state', root('', 'entity="sip:c@x" version="1" state="half"')],
    ['a user without entity', user('', 'state="full"')],
    ['an icon that is no base64', root('<conference-description><y:icon xmlns:y="urn:yanxin:conference-info" type="image/png">%%</y:icon></conference-description>')],
    ['a DOCTYPE', '<!DOCTYPE x [<!ENTITY a "b">]><conference-info entity="sip:c@x" version="1"/>'],
  ])('refuses %s', (_, xml) => expect(faultOf(() => readConferenceInfo(xml))).toBe('malformed'))

  it('refuses more users than a group can have', () => {
    expect(faultOf(() => readConferenceInfo(root(`<users>${'<user entity="sip:a@x"/>'.repeat(2_001)}</users>`)))).toBe('too-large')
  })

  it('reads back what it writes', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 40 }).map((s) => s.trim()).filter((s) => !/[\u0000-\u001F\uFFFE\uFFFF]/.test(s) && s.isWellFormed())
    const address = fc.stringMatching(/^[a-z0-9+.&'"]{1,20}$/).map((name) => `sip:${name}@x`)
    const users = fc.array(fc.oneof(
      fc.record({
        entity: address, state: fc.constantFrom('full' as const, 'partial' as const), displayText: words.filter((s) => s !== ''), isAdmin: fc.boolean(),
        status: fc.constantFrom('connected' as const, 'pending' as const),
      }, { requiredKeys: ['entity', 'state'] }),
      fc.record({ entity: address, state: fc.constant('full' as const), status: fc.constant('disconnected' as const), method: fc.constantFrom('departed' as const, 'booted' as const) }),
      fc.record({ entity: address, state: fc.constant('deleted' as const) }),
    ), { maxLength: 5, minLength: 1 })
    const info = fc.record({
      entity: address, state: fc.constant('partial' as const), version: fc.nat(), users, isWholeRoster: fc.constant(false), subject: words, description: words,
      limit: fc.nat(999_999), code: words, icon: fc.record({ contentType: fc.constant('image/png'), body: fc.uint8Array({ maxLength: 50 }) }),
      policies: fc.record({ post: fc.constantFrom('all' as const, 'admins' as const), add: fc.constantFrom('all' as const, 'admins' as const), history: fc.constantFrom('shared' as const, 'hidden' as const) }),
      change: fc.record({
        what: fc.constantFrom('removed' as const, 'subject' as const), by: address, at: fc.integer({ min: 0, max: 4e9 }).map((s) => s * 1000),
        of: fc.array(address, { minLength: 1, maxLength: 3 }), text: words.filter((s) => s !== ''),
      }, { requiredKeys: ['what', 'by', 'at'] }),
    }, { requiredKeys: ['entity', 'state', 'version', 'users', 'isWholeRoster'] })
    fc.assert(fc.property(info, (said: ConferenceInfo) => { expect(readConferenceInfo(writeConferenceInfo(said))).toEqual(said) }))
  })
})
