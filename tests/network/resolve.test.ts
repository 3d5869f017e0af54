import { describe, expect, it } from 'vitest'
import { readRelayUri } from '../../src-main/network/resolve'

describe('readRelayUri', () => {
  it.each([
    ['sip:127.0.0.1:5060;transport=tcp', { host: '127.0.0.1', port: 5060, transport: 'tcp' }],
    [' sip:Relay.Office.Example;transport=TLS ', { host: 'relay.office.example', port: 5061, transport: 'tls' }],
    ['sips:relay.example', { host: 'relay.example', port: 5061, transport: 'tls' }],
    ['relay.example:5070', { host: 'relay.example', port: 5070, transport: 'tcp' }],
    ['sip:[::1]:5060', { host: '::1', port: 5060, transport: 'tcp', uri: 'sip:[::1]:5060;transport=tcp' }],
    ['sip:relay.example:5060;lr;transport=tls', { host: 'relay.example', port: 5060, transport: 'tls', uri: 'sip:relay.example:5060;transport=tls' }],
  ])('%s', (text, address) => expect(readRelayUri(text)).toMatchObject(address))

  it.each(['', 'sip:', 'sip:mei@relay.example', 'http://relay.example', 'sip:relay.example:0', 'sip:relay.example:70000', 'sip:relay.example;transport=udp',
    'sip:relay.example;transport=ws', 'sips:relay.example;transport=tcp', 'relay example', 'sip:-relay.example'])('%j is none', (text) =>
    expect(() => readRelayUri(text)).toThrow(expect.objectContaining({ code: 'bad-argument', detail: { field: 'relay' } })))
})
