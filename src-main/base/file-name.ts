/** What a file is called that nobody named. */
const NAMELESS = 'file'
/** Longest name, in bytes of UTF-8: file systems end at 255, and a suffix may have to fit. */
const LONGEST = 200

// Control characters, and those that turn the direction of what is read (Unicode TR 36: `gpj.exe` shown as `exe.jpg`).
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g
const wayParts = /^.*[/\\]/
// What Windows does not take in a name, and its devices.
const barred = /[<>:"|?*]/g
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * A name that somebody else gave a file, as one that can be shown and saved everywhere: no path, nothing unseen, no device, at
 * most 200 bytes with its ending kept.
 */
export function safeFileName(given: string): string {
  const bare = given.toWellFormed().normalize('NFC').replace(unseen, '').replace(wayParts, '').replace(barred, '_').replace(/^[.\s]+|[.\s]+$/g, '')
  if (!bare) return NAMELESS
  return shortened(device.test(bare) ? `_${bare}` : bare)
}

function shortened(name: string): string {
  const size = (text: string): number => new TextEncoder().encode(text).length
  if (size(name) <= LONGEST) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && size(name.slice(dot)) <= 20 ? name.slice(dot) : ''
  const front = Array.from(name.slice(0, name.length - ending.length))
  // Letters of several code points may be cut apart, never one of them.
  while (size(front.join('')) > LONGEST - size(ending)) front.pop()
  return front.join('') + ending
}
