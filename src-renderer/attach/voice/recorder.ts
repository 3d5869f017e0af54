import { shallowRef } from 'vue'
import { MINUTE, type Clock, type Timer } from '../../../src-main/base/clock'
import { stamp } from '../chosen'

/** How long a voice message may be, ms. */
export const LONGEST = 15 * MINUTE
/** How often the level is looked at, ms. */
const LOOK = 50

/** Best first: AAC is what phones play, Opus what every Chromium can record. */
const formats = [
  { type: 'audio/mp4;codecs=mp4a.40.2', ending: 'm4a' },
  { type: 'audio/mp4', ending: 'm4a' },
  { type: 'audio/webm;codecs=opus', ending: 'webm' },
] as const

/** A voice message that can be listened to and sent. */
export interface Voice {
  file: File
  /** ms */
  duration: number
  /** How loud it was, 0 to 1, every 50 ms. */
  levels: readonly number[]
}

export type NoMicrophone = 'denied' | 'none' | 'busy'

// idle --start--> asking --allowed--> recording --stop--> heard --discard--> idle
//                    '--not allowed, none there--> failed --discard--> idle
export type Recording =
  | { at: 'idle' }
  | { at: 'asking' }
  | { at: 'recording'; duration: number; levels: readonly number[] }
  | { at: 'heard'; voice: Voice }
  | { at: 'failed'; why: NoMicrophone }

/** What the browser gave for recording, until it is given back. */
interface Running {
  recorder: MediaRecorder
  parts: Blob[]
  levels: number[]
  startedAt: number
  timer: Timer
  release(): void
}

/** Records one voice message at a time; `stop` and `discard` give the microphone back. */
export function useRecorder(clock: Clock) {
  const state = shallowRef<Recording>({ at: 'idle' })
  let running: Running | undefined
  /** Counts up with everything that makes an answer of the browser come too late. */
  let round = 0

  async function start(): Promise<void> {
    if (state.value.at === 'asking' || state.value.at === 'recording') return
    discard()
    const mine = round
    state.value = { at: 'asking' }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
      if (mine !== round) return stream.getTracks().forEach((track) => track.stop())
      running = record(stream)
    } catch (thrown) {
      if (mine === round) state.value = { at: 'failed', why: whyOf(thrown) }
    }
  }

  function record(stream: MediaStream): Running {
    const format = formats.find(({ type }) => MediaRecorder.isTypeSupported(type))
    const recorder = new MediaRecorder(stream, { ...(format && { mimeType: format.type }), audioBitsPerSecond: 32_000 })
    const sound = new AudioContext()
    const analyser = new AnalyserNode(sound, { fftSize: 1_024 })
    sound.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const parts: Blob[] = []
    const levels: number[] = []
    const startedAt = clock.steady()
    recorder.ondataavailable = ({ data }) => void parts.push(data)
    // The microphone was pulled out, or another program took it.
    stream.getAudioTracks()[0]!.onended = () => void stop()
    recorder.start()
    const timer = clock.every(LOOK, () => {
      analyser.getFloatTimeDomainData(samples)
      levels.push(loudness(samples))
      const duration = clock.steady() - startedAt
      state.value = { at: 'recording', duration, levels: levels.slice() }
      if (duration >= LONGEST) void stop()
    })
    state.value = { at: 'recording', duration: 0, levels }
    return {
      recorder, parts, levels, startedAt, timer,
      release() {
        timer.cancel()
        stream.getTracks().forEach((track) => track.stop())
        void sound.close()
      },
    }
  }

  /** Ends the recording, to be listened to or to be sent at once. @returns it; undefined when nothing was recorded */
  async function stop(to: 'listen' | 'send' = 'listen'): Promise<Voice | undefined> {
    const mine = running
    if (!mine) return state.value.at === 'heard' ? state.value.voice : undefined
    running = undefined
    const duration = Math.round(clock.steady() - mine.startedAt)
    const done = new Promise<void>((resolve) => (mine.recorder.onstop = () => resolve()))
    if (mine.recorder.state !== 'inactive') mine.recorder.stop()
    else mine.recorder.onstop?.(new Event('stop'))
    mine.release()
    const before = round
    await done
    const type = mine.recorder.mimeType.split(';')[0] || 'audio/webm'
    const ending = formats.find((format) => format.type.startsWith(type))?.ending ?? 'webm'
    const file = new File(mine.parts, `voice-${stamp(clock.now())}.${ending}`, { type })
    if (before !== round) return undefined
    if (file.size === 0) return void (state.value = { at: 'failed', why: 'busy' })
    const voice = { file, duration, levels: mine.levels }
    if (to === 'listen') state.value = { at: 'heard', voice }
    return voice
  }

  /** Forgets what was recorded, and gives the microphone back. */
  function discard(): void {
    round++
    const mine = running
    running = undefined
    if (mine && mine.recorder.state !== 'inactive') mine.recorder.stop()
    mine?.release()
    state.value = { at: 'idle' }
  }

  return { state, start, stop, discard }
}

/** How loud samples are to an ear, 0 to 1: their power in decibels between a quiet room and a loud voice. */
export function loudness(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const decibels = 10 * Math.log10(sum / samples.length || 1e-12)
  return Math.max(0, Math.min(1, (decibels + 55) / 45))
}

function whyOf(thrown: unknown): NoMicrophone {
  const { name } = thrown as DOMException
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotFoundError' || name === 'OverconstrainedError' || name === 'TypeError' ? 'none' : 'busy'
}

/** Levels as `count` bars: each the loudest of its part. */
export function bars(levels: readonly number[], count: number): number[] {
  if (levels.length === 0) return []
  const at = (n: number) => Math.floor((n * levels.length) / count)
  return Array.from({ length: count }, (_, n) => Math.max(...levels.slice(at(n), Math.max(at(n + 1), at(n) + 1))))
}
