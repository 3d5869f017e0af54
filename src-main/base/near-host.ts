/** Names that mean this computer or its own network: RFC 6761 6.3, RFC 6762 3, RFC 8375, and what home routers give. */
const nearNames = /(?:^|\.)(?:localhost|local|home\.arpa|internal|intranet|lan|home|corp)$/

/** RFC 6890: loopback, private, link-local, shared, this network, multicast and above. */
const isNearV4 = (octets: readonly number[]): boolean => {
  const [a = 0, b = 0] = octets
  return a === 0 || a === 10 || a === 127 || a >= 224 || (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254)
    || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)
}

/** RFC 4291, 4193: unspecified, loopback, unique local, link-local, multicast, and IPv4 in any of its dresses. */
const isNearV6 = (text: string): boolean => /^(?:::|f[cdf]|fe[89a-f]|64:ff9b:)/.test(text)

/**
 * Whether a URL's host is this computer or something in its own network, as far as its name tells: nothing there is asked only
 * because a stranger wrote so.
 * @param hostname as `URL` writes it: lower case, IPv4 in four decimals, IPv6 in brackets
 */
export function isNearHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isNearV6(hostname.slice(1, -1))
  const name = hostname.replace(/\.$/, '')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return isNearV4(name.split('.').map(Number))
  return !name.includes('.') || nearNames.test(name)
}
