import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../base/faults'
import { defaultSettings, type Settings } from '../contract/calls'

// settings.json              what the person chose
// account.json               who is signed in; absent when nobody is
// accounts/<address>/        one account's own: relay.sqlite (queue, journal, search), device.json
// trial/relay.sqlite         the second relay of *Try it on this computer*
// share.json                 whether and how a relay is shared in this network
// share/                     that relay's own: relay.sqlite, files/, certificate.pem

export const settingsShape = z.strictObject({
  language: z.enum(['auto', 'zh', 'en']),
  theme: z.enum(['auto', 'light', 'dark']),
  sendDisplayed: z.boolean(),
  sendTyping: z.boolean(),
  enterSends: z.boolean(),
  notifications: z.enum(['full', 'hidden', 'off']),
  fetchUpTo: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  tileServer: z.string().max(512),
})

const accountShape = z.object({
  address: z.string().min(1),
  relay: z.string().optional(),
  /** Where its files go when the relay does not say. */
  files: z.string().optional(),
  isLocalTrial: z.boolean(),
  /** The one certificate that its relay may show (`sip/pin.ts`). */
  pin: z.string().regex(/^[0-9a-f]{64}$/).optional(),
  /** It is on the relay that this computer shares. */
  isHost: z.literal(true).optional(),
})
/** Who is signed in. */
export type SavedAccount = z.infer<typeof accountShape>

const port = z.number().int().min(0).max(65_535)
const shareShape = z.object({
  on: z.boolean(), name: z.string().max(60), domain: z.string().min(1).max(253), host: z.string().min(1).max(64), port, filesPort: port,
  // A relay that was shared before it took long texts has none yet.
  msrpPort: port.default(0),
})
/** How this computer shares a relay. */
export type SavedShare = z.infer<typeof shareShape>

const deviceShape = z.object({ instance: z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/) })

/** A file name for an address that no file system folds or refuses: all but `a-z 0-9 @ . + - _` is escaped. */
export const folderName = (address: string): string =>
  Array.from(new TextEncoder().encode(address.replace(/^sip:/, '')), (byte) => {
    const char = String.fromCharCode(byte)
    return /[a-z0-9@.+_-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')

/** The files of one data folder, but for the databases and the secrets. */
export class DataFolder {
  constructor(readonly path: string) {}

  /** What cannot be read (a foreign value, a broken file) is as by default. */
  async settings(): Promise<Settings> {
    const read = (await readJson(join(this.path, 'settings.json'))) as Record<string, unknown> | undefined
    const settings: Record<string, unknown> = { ...defaultSettings }
    for (const [name, shape] of Object.entries(settingsShape.shape)) {
      const value = shape.safeParse(read?.[name])
      if (value.success) settings[name] = value.data
    }
    return settings as unknown as Settings
  }

  saveSettings(settings: Settings): Promise<void> {
    return writeJson(join(this.path, 'settings.json'), settings)
  }

  async account(): Promise<SavedAccount | undefined> {
    return accountShape.safeParse(await readJson(join(this.path, 'account.json'))).data
  }

  saveAccount(account: SavedAccount): Promise<void> {
    return writeJson(join(this.path, 'account.json'), account)
  }

  forgetAccount(): Promise<void> {
    return rm(join(this.path, 'account.json'), { force: true })
  }

  async share(): Promise<SavedShare | undefined> {
    return shareShape.safeParse(await readJson(join(this.path, 'share.json'))).data
  }

  saveShare(share: SavedShare): Promise<void> {
    return writeJson(join(this.path, 'share.json'), share)
  }

  get shareFolder(): string {
    return join(this.path, 'share')
  }

  folderOf(address: string): string {
    return join(this.path, 'accounts', folderName(address))
  }

  get trialFolder(): string {
    return join(this.path, 'trial')
  }

  /** RFC 5626 4.1: this installation's name for the account's registrar, made once and kept with the account's history. */
  async instanceOf(address: string, uuid: () => string): Promise<string> {
    const file = join(this.folderOf(address), 'device.json')
    const known = deviceShape.safeParse(await readJson(file)).data
    if (known) return known.instance
    const instance = `urn:uuid:${uuid()}`
    await writeJson(file, { instance })
    return instance
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || thrown instanceof SyntaxError) return undefined
    throw new Fault('folder-unwritable', { cause: thrown, text: `cannot read ${file}` })
  }
}

/** The old file or the new one is there, whatever happens. */
async function writeJson(file: string, value: unknown): Promise<void> {
  const fresh = `${file}.new`
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(fresh, 'w', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(value, undefined, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, file)
  } catch (thrown) {
    const full = (thrown as NodeJS.ErrnoException).code === 'ENOSPC'
    throw new Fault(full ? 'disk-full' : 'folder-unwritable', { cause: thrown, text: `cannot write ${file}` })
  }
}
