import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own, so small that it can be filled; root on Linux may mount one. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** @returns what kept it from being made, in words, where it could not */
  static mount(kilobytes: number): SmallDisk | string {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a small disk'
    const folder = mkdtempSync(join(tmpdir(), 'yanxin-disk-'))
    const disk = new SmallDisk(folder)
    const { status, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=700`, 'yanxin-test', folder])
    if (status === 0) return disk
    rmSync(folder, { recursive: true, force: true })
    return `a small disk cannot be mounted here${error ? ` (${error.message})` : ''}`
  }

  /** Somebody else takes every block that is left. */
  fill(): void {
    const file = openSync(join(this.folder, 'filler'), 'w')
    try {
      const block = Buffer.alloc(4_096, 1)
      for (;;) writeSync(file, block)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown
    } finally {
      closeSync(file)
    }
  }

  /** What `fill` took is there again. */
  empty(): void {
    rmSync(join(this.folder, 'filler'), { force: true })
  }

  /** Somebody makes room. */
  grow(kilobytes: number): void {
    spawnSync('mount', ['-o', `remount,size=${kilobytes}k`, this.folder])
  }

  remove(): void {
    spawnSync('umount', [this.folder])
    rmSync(this.folder, { recursive: true, force: true })
  }
}
