import { ref, type Ref } from 'vue'

/** Bars of a waveform. */
export const BARS = 48
/** Sounds up to here are looked at, bytes: some minutes of speech, of which decoding makes a hundred times as much. */
const LARGEST = 4 * 1024 * 1024
/** What a looked-at sound is sampled with, Hz: enough for its loudness. */
const RATE = 8_000
/** Waveforms that are kept. */
const KEPT = 200

/** The loudest of each of `bars` equal parts, from 0 to 1, the loudest of all being 1. */
export function peaksOf(samples: Float32Array, bars = BARS): number[] {
  const part = samples.length / bars
  const peaks = Array.from({ length: bars }, (_, bar) => {
    let peak = 0
    const end = Math.min(samples.length, Math.ceil((bar + 1) * part))
    for (let n = Math.floor(bar * part); n < end; n++) peak = Math.max(peak, Math.abs(samples[n]!))
    return peak
  })
  const loudest = Math.max(...peaks)
  return loudest > 0 ? peaks.map((peak) => Math.round((peak / loudest) * 100) / 100) : peaks
}

export interface Waveform {
  /** Empty until it is known, and where it cannot be. */
  peaks: number[]
  /** ms; 0 until it is known. */
  duration: number
}

const known = new Map<string, Waveform>()
// One after the other: a thread full of voices must not decode them all at once.
let turn: Promise<unknown> = Promise.resolve()

/** The waveform of the sound at `url`, worked out once for each hash. */
export function useWaveform(hash: string, url: string, size: number): Readonly<Ref<Waveform>> {
  const wave = ref<Waveform>(known.get(hash) ?? { peaks: [], duration: 0 })
  if (!hash || size > LARGEST || known.has(hash)) return wave
  turn = turn.then(async () => {
    const found = known.get(hash) ?? (await decode(url).catch(() => undefined))
    if (!found) return
    known.set(hash, found)
    const [oldest] = known.keys()
    if (known.size > KEPT) known.delete(oldest!)
    wave.value = found
  })
  return wave
}

async function decode(url: string): Promise<Waveform> {
  const bytes = await (await fetch(url)).arrayBuffer()
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes)
  return { peaks: peaksOf(sound.getChannelData(0)), duration: sound.duration * 1_000 }
}
