import { ScriptedJournal } from '../store/journal'
import { openStage } from '../store/stage'
import type { StoreBench } from './store-page'

/** The store in real Chromium with `count` messages, beside raw IndexedDB in the same run. */
export async function benchStore(count = 100_000): Promise<StoreBench> {
  const stage = await openStage()
  try {
    const page = await stage.open(new ScriptedJournal())
    return await page.evaluate((messages) => window.play.benchStore(messages), count)
  } finally {
    await stage.close()
  }
}
