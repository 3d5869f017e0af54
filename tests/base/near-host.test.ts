import { describe, expect, it } from 'vitest'
import { isNearHost } from '../../src-main/base/near-host'

const near = (url: string): boolean => isNearHost(new URL(url).hostname)

describe('a host that is near', () => {
  it.each([
    'http://localhost/', 'http://a.localhost./', 'http://printer/', 'http://nas.local/', 'http://router.lan/', 'http://x.home.arpa/',
    'http://127.0.0.1:8080/', 'http://2130706433/', 'http://0x7f.1/', 'http://0/', 'http://10.1.2.3/', 'http://172.16.0.1/', 'http://172.31.255.1/',
    'http://192.168.1.1/', 'http://169.254.169.254/', 'http://100.64.0.1/', 'http://224.0.0.1/',
    'http://[::1]/', 'http://[::]/', 'http://[::ffff:10.0.0.1]/', 'http://[fd00::1]/', 'http://[fe80::1]/', 'http://[64:ff9b::a00:1]/',
  ])('%s', (url) => expect(near(url)).toBe(true))

  it.each([
    'https://ft.example.com/d/1', 'http://8.8.8.8/', 'http://172.32.0.1/', 'http://100.128.0.1/', 'http://192.169.0.1/', 'http://[2001:db8::1]/', 'https://local.example/',
  ])('not %s', (url) => expect(near(url)).toBe(false))
})
