/** A picture that came inside a card. */
export interface Photo {
  type: 'image/jpeg' | 'image/png'
  bytes: Uint8Array<ArrayBuffer>
}

/** Characters of base64 at most; nobody needs more for 56 pixels. */
const longest = 700_000
/** A picture's longer side at most, pixels: what is larger is a bomb. */
const widest = 4_096

/** The picture of a PHOTO property: base64 or a `data:` URI, never an address that would have to be asked. */
export function pictureIn(value: string, isBase64: boolean): Photo | undefined {
  const text = /^data:image\/[\w.+-]+;base64,/i.exec(value)?.[0]
  if (value.length > longest || (text === undefined && !isBase64)) return undefined
  try {
    const bytes = Uint8Array.from(atob(value.slice(text?.length ?? 0).replace(/\s/g, '')), (one) => one.charCodeAt(0))
    const found = look(bytes)
    return found && found.width > 0 && found.height > 0 && Math.max(found.width, found.height) <= widest ? { type: found.type, bytes } : undefined
  } catch {
    return undefined
  }
}

function look(bytes: Uint8Array): { type: Photo['type']; width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length > 24 && view.getUint32(0) === 0x89504e47) return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined
  // ITU-T T.81 B.2.2: the frame's header has the size; the segments before it say how long they are.
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { type: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
