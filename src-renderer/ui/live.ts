import { nextTick, ref } from 'vue'

/** What the one live region says now. */
export const spoken = ref('')

/** Says something once to whoever listens instead of looking. The same words again are said again. */
export async function say(words: string): Promise<void> {
  spoken.value = ''
  await nextTick()
  spoken.value = words
}
