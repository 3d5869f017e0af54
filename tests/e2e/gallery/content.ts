import { deflateSync } from 'node:zlib'

// /content/x/HASH: what a hash begins with says what it is.
//   0…   is not here          f…   is here, but nothing that may be drawn or played
//   5…   a sound              else a picture of hills, whose light its hash chooses; …t is upright, …w is wide

interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

const drawn = new Map<string, Buffer>()

/** What main would answer; undefined when it was not asked for content. */
export function contentOf(path: string, range: string | undefined): Answer | undefined {
  const hash = /^\/content\/x\/(\w+)$/.exec(path)?.[1]
  if (!hash) return undefined
  if (hash.startsWith('0')) return { status: 404, headers: {}, body: Buffer.alloc(0) }
  if (hash.startsWith('f')) return { status: 204, headers: {}, body: Buffer.alloc(0) }
  const isSound = hash.startsWith('5')
  const body = drawn.get(hash) ?? (isSound ? speech(hash) : hills(hash))
  drawn.set(hash, body)
  const headers = { 'content-type': isSound ? 'audio/wav' : 'image/png', 'accept-ranges': 'bytes' }
  const from = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? NaN)
  if (Number.isNaN(from)) return { status: 200, headers, body }
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }, body: body.subarray(from) }
}

function hills(hash: string): Buffer {
  const [width, height] = hash.endsWith('t') ? [480, 640] : hash.endsWith('w') ? [1_200, 300] : [640, 420]
  const hue = parseInt(hash.slice(0, 2), 16) * 1.4
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let hill = -1
      for (let n = 3; n >= 0 && hill < 0; n--) if (y > height * (0.5 + n * 0.12) + Math.sin(x / (60 + 25 * n) + n * 2) * 30) hill = n
      const [red, green, blue] = hill < 0 ? rgb(hue + (60 * y) / height, 0.7, 0.55 + (0.3 * y) / height) : rgb(hue + 120, 0.3, 0.45 - hill * 0.09)
      rows.set([red, green, blue], y * (1 + width * 3) + 1 + x * 3)
    }
  }
  return png(width, height, rows)
}

function rgb(hue: number, saturation: number, light: number): [number, number, number] {
  const part = (n: number) => {
    const k = (n + hue / 30) % 12
    return Math.round(255 * (light - saturation * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [part(0), part(8), part(4)]
}

const checks = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n >>> 0
})

function png(width: number, height: number, rows: Buffer): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    let check = 0xffffffff
    for (const byte of body) check = checks[(check ^ byte) & 0xff]! ^ (check >>> 8)
    const around = Buffer.alloc(8)
    around.writeUInt32BE(data.length, 0)
    around.writeUInt32BE((check ^ 0xffffffff) >>> 0, 4)
    return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

/** Seven seconds that rise and fall as words do, 8 kHz. */
function speech(hash: string): Buffer {
  const samples = 7 * 8_000
  const wav = Buffer.alloc(44 + samples * 2)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + samples * 2, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.set([16, 0, 0, 0, 1, 0, 1, 0], 16)
  wav.writeUInt32LE(8_000, 24)
  wav.writeUInt32LE(16_000, 28)
  wav.set([2, 0, 16, 0], 32)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(samples * 2, 40)
  const seed = parseInt(hash.slice(0, 2), 16)
  for (let n = 0; n < samples; n++) {
    const word = Math.abs(Math.sin(n / 2_100 + seed)) * Math.abs(Math.sin(n / 700)) * (Math.sin(n / 9_000 + seed) > -0.4 ? 1 : 0.05)
    wav.writeInt16LE(Math.round(12_000 * word * Math.sin(n / 3)), 44 + n * 2)
  }
  return wav
}
