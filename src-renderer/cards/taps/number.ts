/** A telephone number as a link may carry it (RFC 3966); undefined where there is none, or where it would be a command to the network. */
export function dialable(number: string): string | undefined {
  const plain = number.normalize('NFKC').replace(/[\s().\-/]/g, '')
  // `*` and `#` change settings of the line, such as where its calls go.
  return /^\+?\d{2,20}$/.test(plain) ? plain : undefined
}

/** The link that calls a number. */
export const telLink = (number: string): string => `tel:${number}`

/** The link that writes to a number (RFC 5724). */
export const smsLink = (number: string, text: string): string => `sms:${number}?body=${encodeURIComponent(text)}`

/** Whether an address of record is that of a number, as a telephone or as a user of a domain. */
export function isOfNumber(address: string, number: string): boolean {
  const user = /^(?:tel:|sips?:)([^@;]+)/i.exec(address)?.[1]
  return user !== undefined && dialable(user) === number
}
