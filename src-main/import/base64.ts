/** The white space that may stand in an attribute, as it is or as a reference. */
const space = /&#(?:9|10|13|x0*[9aAdD]);|[\s]+/g
const foreign = /[^A-Za-z0-9+/]/

/** Reads base64 that comes in pieces of any size. What is none makes the whole of it `isBroken`. */
export class Base64Pieces {
  isBroken = false
  /** Nothing was there but the word that Android writes for it. */
  isNull = false
  #kept = ''
  #isOver = false
  #count = 0

  /** @returns the bytes that are sure by now */
  write(piece: string): Buffer {
    let text = this.#kept + piece
    // A reference that goes on in the next piece waits for it.
    const cut = text.lastIndexOf('&', text.length - 1)
    const open = cut >= 0 && text.length - cut < 8 && !text.includes(';', cut) ? text.slice(cut) : ''
    text = text.slice(0, text.length - open.length)
    if (/[&\s]/.test(text)) text = text.replace(space, '')
    // Four are kept back: the last four say how the whole ends.
    const sure = Math.max(0, (Math.ceil(text.length / 4) - 1) * 4)
    this.#kept = text.slice(sure) + open
    return this.#decode(text.slice(0, sure))
  }

  end(): Buffer {
    const last = this.#kept
    this.#kept = ''
    if (this.#count === 0 && last === 'null') {
      this.isNull = true
      return Buffer.alloc(0)
    }
    return this.#decode(last)
  }

  #decode(text: string): Buffer {
    if (text === '') return Buffer.alloc(0)
    const padding = /={1,2}$/.exec(text)?.[0].length ?? 0
    const body = padding ? text.slice(0, -padding) : text
    if (this.#isOver || foreign.test(body) || body.length % 4 === 1) this.isBroken = true
    if (padding) this.#isOver = true
    const bytes = Buffer.from(body, 'base64')
    this.#count += bytes.length
    return bytes
  }
}
