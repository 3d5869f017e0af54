import { defineStore } from 'pinia'
import { Fault } from '../../src-main/base/faults'
import type { OutgoingFile } from '../../src-main/contract/calls'
import { useApp } from './app'
import type { FileToSend } from './outbox'
import { rememberHash } from './own-pictures'
import { useParts } from './parts'

/** Files that this window gives to main before it says whom they go to. */
export const useKeeping = defineStore('keeping', () => {
  const { keep } = useParts()
  const app = useApp()
  /** What of them main has. */
  const kept = new WeakMap<FileToSend, OutgoingFile>()

  async function keepFile(file: FileToSend): Promise<OutgoingFile> {
    const { blob, about, thumbnail } = await file.make()
    const path = app.state?.content
    if (!path) throw new Fault('closed')
    const small = thumbnail && await keep(path, thumbnail)
    const now: OutgoingFile = { ...about, ...(await keep(path, blob)), ...(small && { thumbnail: { ...small, contentType: 'image/jpeg' } }) }
    rememberHash(file.view, now)
    return now
  }

  /**
   * Keeps them one after the other; those that main has already are not given to it again.
   * @throws Fault what `keep` throws, `closed` while nobody is signed in
   */
  async function keepFiles(files: readonly FileToSend[]): Promise<OutgoingFile[]> {
    const all: OutgoingFile[] = []
    for (const file of files) {
      const known = kept.get(file) ?? await keepFile(file)
      kept.set(file, known)
      all.push(known)
    }
    return all
  }
  return { keepFiles }
})
