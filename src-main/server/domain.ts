import { readUri, addressOfRecord } from '../sip/uri'

/** Which addresses are ours: `user@domain`, and telephone numbers as such a user. */
export class Domain {
  readonly #ending: string

  /** @param name lower case */
  constructor(readonly name: string) {
    this.#ending = `@${name}`
  }

  /** One spelling for one person: `tel:+8613800000001` is `sip:+8613800000001@domain` here. */
  local(address: string): string {
    return address.startsWith('tel:+') ? `sip:${address.slice(4)}${this.#ending}` : address
  }

  has(address: string): boolean {
    return address.endsWith(this.#ending)
  }

  /** A request URI that means the server itself. */
  isServer(uri: string): boolean {
    const { scheme, user, host } = readUri(uri)
    return (scheme === 'sip' || scheme === 'sips') && user === '' && host !== ''
  }

  /** `alice` or `alice@domain` as an address, as a command line and digest write it. @throws Fault `malformed` */
  addressOf(user: string): string {
    const bare = user.replace(/^sips?:/, '')
    return addressOfRecord(`sip:${bare.includes('@') ? bare : bare + this.#ending}`)
  }
}
