import { describe, expect, test } from 'vitest'
import { fieldOf, readSignIn, relayFor } from '../../../src-renderer/welcome/sign-in'

const read = (address: string, relay = '', password = 'x') => readSignIn({ address, relay, password })

describe('what is typed to sign in', () => {
  test.each([
    ['mei@yan.example', '', 'sip:mei@yan.example', 'sip:yan.example;transport=tls'],
    [' sip:mei@yan.example ', 'relay.example', 'sip:mei@yan.example', 'sip:relay.example;transport=tcp'],
    ['mei@yan.example', '127.0.0.1:5060', 'sip:mei@yan.example', 'sip:127.0.0.1:5060;transport=tcp'],
    ['mei@yan.example', 'sip:127.0.0.1:5060;transport=ws', 'sip:mei@yan.example', 'sip:127.0.0.1:5060;transport=ws'],
    ['mei@yan.example', 'sips:relay.example', 'sip:mei@yan.example', 'sips:relay.example'],
    ['mei@yan.example', 'sip:[::1]:5060;transport=tcp', 'sip:mei@yan.example', 'sip:[::1]:5060;transport=tcp'],
    ['+86 138 0013 8000', 'ims.example', 'tel:+8613800138000', 'sip:ims.example;transport=tcp'],
  ])('%s and “%s” are %s at %s', (address, relay, wholeAddress, wholeRelay) => {
    expect(read(address, relay)).toEqual({ details: { address: wholeAddress, password: 'x', relay: wholeRelay } })
  })

  test.each([
    ['', 'x', '', { address: 'noAddress' }],
    ['mei', 'x', 'relay.example', { address: 'badAddress' }],
    ['mei@yan.example', '', '', { password: 'noPassword' }],
    ['+8613800138000', 'x', '', { relay: 'noRelay' }],
    ['mei@yan.example', 'x', 'http://relay.example', { relay: 'badRelay' }],
    ['', '', '', { address: 'noAddress', password: 'noPassword' }],
  ])('“%s”, “%s”, “%s” cannot be used', (address, password, relay, errors) => expect(readSignIn({ address, password, relay })).toEqual({ errors }))

  test.each([
    ['', undefined], [' https://files.yan.example/ft ', 'https://files.yan.example/ft'], ['files.yan.example/ft', 'https://files.yan.example/ft'],
    ['http://127.0.0.1:8091/ft', 'http://127.0.0.1:8091/ft'],
  ])('“%s” as content server is %s', (files, whole) => {
    const read = readSignIn({ address: 'a@b.example', password: 'x', relay: '', files })
    expect(read).toMatchObject({ details: { address: 'sip:a@b.example' } })
    expect('details' in read && read.details.files).toBe(whole)
  })
  test.each(['ftp://files.example', 'https://', 'file:///etc/passwd', 'a b'])('“%s” is no content server', (files) =>
    expect(readSignIn({ address: 'a@b.example', password: 'x', relay: '', files })).toEqual({ errors: { files: 'badFiles' } }))

  test('the password stays as typed', () => expect(read('a@b.example', '', ' x ')).toMatchObject({ details: { password: ' x ' } }))
  test('a relay is suggested only where the address has a domain', () => expect(relayFor('+86138')).toBeUndefined())
  test('a fault is told at the field it is about', () => {
    expect(fieldOf({ code: 'wrong-password' })).toBe('password')
    expect(fieldOf({ code: 'cannot-connect' })).toBe('relay')
    expect(fieldOf({ code: 'unknown-recipient' })).toBe('address')
    expect(fieldOf({ code: 'disk-full' })).toBeUndefined()
    expect(fieldOf({ code: 'bad-argument', detail: { field: 'files' } })).toBe('files')
    expect(fieldOf({ code: 'bad-argument', detail: { field: 'relay' } })).toBeUndefined()
  })
})
