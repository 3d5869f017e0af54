import { onScopeDispose, toValue, type MaybeRefOrGetter } from 'vue'
import { useParts, useSending, type FileToSend } from '../../state'
import { useTrays } from '../trays'
import { useRecorder, type Voice } from './recorder'

/** Shorter ones are a slip of the finger, ms. */
const SHORTEST = 500

/** Voice messages of one conversation: recorded, sent, and not lost where the person leaves before they were. */
export function useVoice(conversation: MaybeRefOrGetter<string>) {
  const { clock } = useParts()
  const sending = useSending()
  const trays = useTrays()
  const recorder = useRecorder(clock)
  const { state, start, stop, discard } = recorder

  /** Sends what was recorded, stopping first where it still is. @returns whether there was anything */
  async function send(): Promise<boolean> {
    const voice = await stop('send')
    discard()
    if (!voice || voice.duration < SHORTEST) return false
    sending.sendFiles(toValue(conversation), [voiceToSend(voice)])
    return true
  }

  // The conversation is left: what was said waits in its tray.
  const left = toValue(conversation)
  onScopeDispose(() => {
    if (state.value.at === 'heard') keep(state.value.voice)
    else if (state.value.at === 'recording') void stop().then((voice) => voice && keep(voice))
    else discard()
  })
  function keep({ file, duration }: Voice) {
    if (duration >= SHORTEST) trays.add(left, { files: [file], folders: [] }, { isVoice: true, duration })
  }
  return { state, start, stop, send, discard }
}

function voiceToSend({ file, duration }: Voice): FileToSend {
  const about = { name: file.name, contentType: file.type, duration, isVoice: true as const }
  return { file, view: { ...about, size: file.size, hash: '' }, make: async () => ({ blob: file, about }) }
}
