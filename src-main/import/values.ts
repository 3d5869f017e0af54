const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

// What XML 1.0 2.2 leaves out of the controls, and would break a line of ours.
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

/** Unknown names stay as they are written: nothing is ever expanded but the five of XML 4.6 and numbers. */
function reference(_: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return named[name]!
  const code = decimal === undefined ? parseInt(hex!, 16) : Number(decimal)
  if (code > 0x10ffff) return '\uFFFD'
  // Android writes an emoji as its two UTF-16 halves, which no XML parser takes; side by side they are one character again.
  return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code)
}

/** The text of an attribute: references resolved, emoji put together again, and what is no character shown as U+FFFD. */
export function attributeText(raw: string): string {
  const text = raw.includes('&')
    ? raw.replace(/&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,7})|(amp|lt|gt|quot|apos));/g, reference)
    : raw
  return text.replace(/\r\n?/g, '\n').toWellFormed().replace(controls, '\uFFFD')
}
