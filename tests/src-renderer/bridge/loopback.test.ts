import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fault } from '../../../src-main/base/faults'
import { silentLog } from '../../../src-main/base/log'
import type { Commands, Notices } from '../../../src-main/contract/calls'
import { startLoopback, type Loopback } from '../../../src-main/hosts/browser/loopback'
import { serveBridge } from '../../../src-main/hosts/serve-bridge'
import { findChromium, noChromium } from '../../fakes/chromium'
import { bundle, openChromium } from '../../store/stage'

const here = findChromium() !== undefined
const token = 'abcdefghijklmnop'

describe.skipIf(!here)(`the bridge between Chromium and the browser host${here ? '' : ` (${noChromium})`}`, { timeout: 60_000 }, () => {
  let folder: string
  let context: BrowserContext
  let host: Loopback
  const windows = new Set<Notices>()
  const calls: unknown[][] = []

  const commands = {
    openConversation: (to: string) => Promise.resolve(`sip:${to}@test`),
    send: (...args: unknown[]) => {
      calls.push(args)
      return args[2] === 'too long' ? Promise.reject(new Fault('too-large', { detail: { limit: 64 } })) : Promise.resolve()
    },
  } as unknown as Commands

  const start = async (port: number) => {
    host = await startLoopback({
      folder, ports: [port], token, log: silentLog, content: async () => undefined,
      onWindow: (channel) => serveBridge({
        channel, log: silentLog,
        join: (notices) => {
          windows.add(notices)
          return { commands, leave: () => void windows.delete(notices) }
        },
      }),
    })
  }
  const open = async (fragment: string): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${host.port}/#${fragment}`)
    return page
  }
  const isAt = (page: Page, at: string) => page.waitForFunction((wanted) => window.bridge.connection.at === wanted, at)

  beforeAll(async () => {
    folder = await bundle(fileURLToPath(new URL('./page.ts', import.meta.url)))
    context = await openChromium(join(folder, 'profile'))
    await start(0)
  }, 60_000)
  afterAll(async () => {
    await context.close()
    await host.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it('calls, answers, faults and notices go over, and the token is not left in the address bar', async () => {
    const page = await open(token)
    await isAt(page, 'open')
    expect(new URL(page.url()).hash).toBe('')
    expect(await page.evaluate(() => window.bridge.commands.openConversation('mei'))).toBe('sip:mei@test')
    const fault = await page.evaluate(() => window.bridge.commands.send('sip:mei@test', '1', 'too long').catch((thrown) => thrown.view()))
    expect(fault).toMatchObject({ code: 'too-large', detail: { limit: 64 } })
    for (const notices of windows) notices.journalGrew(7)
    await page.waitForFunction(() => window.grown.includes(7))
    await page.close()
  })

  it('calls of one sender arrive in their order', async () => {
    const page = await open(token)
    calls.length = 0
    await page.evaluate(() => Promise.all(Array.from({ length: 500 }, (_, i) => window.bridge.commands.send('sip:mei@test', String(i), 'x'))))
    expect(calls.map(([, id]) => Number(id))).toEqual(Array.from({ length: 500 }, (_, i) => i))
    await page.close()
  })

  it('a reload keeps the token, another tab without it is refused until it gets the link', async () => {
    const page = await open(token)
    await isAt(page, 'open')
    await page.reload()
    await isAt(page, 'open')
    const stranger = await open('')
    await isAt(stranger, 'refused')
    expect(await stranger.evaluate(() => window.bridge.commands.state().catch((thrown) => thrown.code))).toBe('not-allowed')
    await stranger.evaluate((hash) => void (location.hash = hash), token)
    await isAt(stranger, 'open')
    await Promise.all([page.close(), stranger.close()])
  })

  it('says that the app has ended, and is back when it is', async () => {
    const page = await open(token)
    await isAt(page, 'open')
    const { port } = host
    await host.stop()
    await page.waitForFunction(() => window.bridge.connection.at === 'lost')
    const waiting = page.evaluate(() => window.bridge.commands.openConversation('lan'))
    await start(port)
    expect(await waiting).toBe('sip:lan@test')
    await page.close()
  })
})
