import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import { answerChallenge, readChallenge, supported } from '../sip/digest'
import type { SipResponse } from '../sip/message'
import type { HeaderList } from './requests'

const headersOf = { 401: ['WWW-Authenticate', 'Authorization'], 407: ['Proxy-Authenticate', 'Proxy-Authorization'] } as const

interface Known {
  answerIn: string
  /** All values of one response, the topmost first. */
  challenges: string[]
  /** How often the nonce has been used. */
  nc: number
}

export interface CredentialsParts {
  username: string
  password: string
  ids: Ids
}

/** Shows the password to whoever challenges (RFC 7616, RFC 8760), and next time for the same method without being asked. */
export class Credentials {
  readonly #parts: CredentialsParts
  /** By method and by header: a registrar and a proxy on the way have challenges of their own. */
  readonly #known = new Map<string, Known>()

  constructor(parts: CredentialsParts) {
    this.#parts = parts
  }

  /** What goes into the next request of this method; nothing until there was a challenge. */
  authorize(method: string, uri: string, body: Uint8Array): HeaderList {
    const { username, password, ids } = this.#parts
    const headers: HeaderList = []
    for (const [key, known] of this.#known) {
      if (!key.startsWith(`${method} `)) continue
      const answer = answerChallenge({ challenges: known.challenges, username, password, method, uri, body, cnonce: ids.token(), nc: ++known.nc })
      if (answer) headers.push([known.answerIn, answer.value])
    }
    return headers
  }

  /**
   * Takes the challenge of a 401 or 407.
   * @param fresh the request that it answers was made with a challenge that had just come
   * @returns whether the request is worth another try
   * @throws Fault `refused` when it asks for a proof that we cannot give
   */
  learn(method: string, { status, headers }: SipResponse, fresh: boolean): 'again' | 'rejected' {
    const [asksIn, answerIn] = headersOf[status === 407 ? 407 : 401]
    const challenges = headers.all(asksIn)
    const read = challenges.flatMap((text) => {
      try {
        return readChallenge(text) ?? []
      } catch {
        return []
      }
    })
    const key = `${method} ${answerIn}`
    const known = this.#known.has(key)
    this.#known.delete(key)
    if (!read.some(({ algorithm }) => supported(algorithm))) {
      throw new Fault('refused', { text: `a kind of password check that is not known: ${challenges.join(', ').slice(0, 200)}`, detail: { status } })
    }
    // RFC 7616 3.3: stale says that the password was right and only the nonce too old.
    if (fresh && known && !read.some(({ stale }) => stale)) return 'rejected'
    this.#known.set(key, { answerIn, challenges, nc: 0 })
    return 'again'
  }
}
