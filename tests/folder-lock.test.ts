import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockFolder } from '../src-main/folder-lock'
import { bundle, temporaryFolder } from './fakes/database'

test('a second one is told who holds the folder, and gets it once it is released', () => {
  const folder = join(temporaryFolder(), 'made')
  const first = lockFolder(folder, 'the relay for play.test')
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining({
    code: 'folder-locked', message: expect.stringMatching(/in use by the relay for play\.test \(process \d+, since 2/) as string,
    detail: expect.objectContaining({ pid: process.pid, what: 'the relay for play.test' }) as object,
  }))
  first.release()
  first.release()
  lockFolder(folder).release()
})

test('the lock of a process that was killed is free', async () => {
  const folder = temporaryFolder()
  const script = await bundle('src-main/folder-lock.ts')
  const holder = spawn(process.execPath, ['--input-type=module', '-e',
    `import { lockFolder } from ${JSON.stringify(script)}; lockFolder(${JSON.stringify(folder)}, 'the other'); console.log('held'); setInterval(() => {}, 1000)`,
  ], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  expect(() => lockFolder(folder)).toThrow(`in use by the other (process ${holder.pid}`)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  lockFolder(folder).release()
})

test('a folder that cannot be made is unwritable, and nothing is left behind', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  expect(() => lockFolder(join(folder, 'file', 'below'))).toThrow(expect.objectContaining({ code: 'folder-unwritable' }))
  expect(readdirSync(folder)).toEqual(['file'])
})
