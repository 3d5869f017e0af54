import encodeQR from 'qr'
import type { Picture } from '../talk/tickets'

const scheme = 'ticket:'

/** What is scanned at the gate: the ticket's own letters. */
const bytesOf = (id: string): Uint8Array<ArrayBuffer> => new Uint8Array(encodeQR(`YANXIN-SAMPLE-TICKET:${id}`, 'gif', { scale: 5, border: 4 }))

/** The code of a ticket, before it lies anywhere: its URL is only a name. */
export const pictureFor = (id: string): Picture => ({ url: `${scheme}${id}`, contentType: 'image/gif', size: bytesOf(id).length })

export const isTicketPicture = (url: string): boolean => url.startsWith(scheme)

/** The code itself. */
export function ticketPicture(url: string): { bytes: Uint8Array<ArrayBuffer>; name: string; contentType: string } {
  const id = url.slice(scheme.length)
  return { bytes: bytesOf(id), name: `${id}.gif`, contentType: 'image/gif' }
}
