import { safeFileName } from '../../base/file-name'
import { Fault } from '../../base/faults'
import { MINUTE } from '../../base/clock'
import type { FileTransfer } from '../../rcs/file-transfer'
import type { Shelf, Shelved } from '../files/shelf'
import { saidType } from '../files/types'
import type { Asker } from './asker'
import type { Bot } from './bot'
import type { BotExchange } from './exchange'
import { readForm, type Form } from './form'

/** Tells of a file by its link, where it lies here. */
export type Behind = (url: string) => Promise<FileTransfer | undefined>

/** The largest file that a bot may point to, bytes. */
export const LARGEST_FILE = 4 * 1024 * 1024 * 1024

/** How long a file elsewhere may take, ms, and how many of one bot are fetched at once. */
const PATIENCE = 5 * MINUTE
const AT_ONCE = 4

/** What bots keep at the relay's content server, by the rules that hold for every upload. */
export class BotFiles {
  readonly #shelf: () => Shelf | undefined
  readonly #asker: Asker
  readonly #fetching = new Map<string, number>()

  constructor({ shelf, asker }: { shelf: () => Shelf | undefined; asker: Asker }) {
    this.#shelf = shelf
    this.#asker = asker
  }

  /** Takes what is uploaded. @param isFile by the name of a part. @throws Fault */
  take(bot: Bot, exchange: BotExchange, isFile: (name: string) => boolean, untilIn: (fields: ReadonlyMap<string, string>) => number | undefined): Promise<Form<Shelved>> {
    const shelf = this.#mustKeep()
    return readForm(exchange, {
      isFile,
      keep: ({ fileName, type }, bytes, fields) => {
        const said = fields.get('fileType')
        return shelf.keep(bot.address, { name: safeFileName(fileName), type: said === undefined ? type : saidType(said), size: null }, bytes, untilIn(fields))
      },
    })
  }

  /** Takes a body that is the file. @throws Fault */
  put(bot: Bot, exchange: BotExchange, name: string): Promise<Shelved> {
    return this.#mustKeep().keep(bot.address, { name: safeFileName(name), type: saidType(exchange.header('content-type')), size: exchange.length ?? null }, exchange.body())
  }

  /** Fetches what lies elsewhere, where the bot may point to. @throws Fault */
  async fetch(bot: Bot, url: string, { type, until }: { type?: string | undefined; until?: number | undefined }): Promise<Shelved> {
    const shelf = this.#mustKeep()
    const fetching = this.#fetching.get(bot.address) ?? 0
    if (fetching >= AT_ONCE) throw new Fault('busy', { text: `${AT_ONCE} files are being fetched already`, detail: { retryAfter: 5 } })
    this.#fetching.set(bot.address, fetching + 1)
    try {
      const response = await this.#asker.open({ url, method: 'GET', headers: {} }, bot.isPrivate, PATIENCE)
      if (response.statusCode !== 200) {
        response.destroy()
        throw new Fault('cannot-connect', { text: `the file's server answered ${response.statusCode}` })
      }
      const length = response.headers['content-length']
      const name = safeFileName(decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? ''))
      return await shelf.keep(bot.address, { name, type: saidType(type ?? response.headers['content-type']), size: length === undefined ? null : Number(length) }, response, until)
    } finally {
      const left = this.#fetching.get(bot.address)! - 1
      if (left) this.#fetching.set(bot.address, left)
      else this.#fetching.delete(bot.address)
    }
  }

  /** @throws Fault `file-gone` */
  async find(bot: Bot, id: string): Promise<Shelved> {
    const found = await this.#mustKeep().find(bot.address, id)
    if (!found) throw gone()
    return found
  }

  list(bot: Bot, limit = 1_000): Promise<Shelved[]> {
    return this.#mustKeep().list(bot.address, limit)
  }

  /** @throws Fault `file-gone` */
  async remove(bot: Bot, id: string): Promise<void> {
    if (!await this.#mustKeep().remove(bot.address, id)) throw gone()
  }

  /** What is known of a file by its link, where it lies here. */
  async behind(url: string): Promise<FileTransfer | undefined> {
    return (await this.#shelf()?.behind(url))?.file
  }

  /** A file of the bot's own, by its link. @throws Fault `file-gone` */
  async at(bot: Bot, url: string): Promise<Shelved> {
    const found = await this.#mustKeep().behind(url)
    return this.find(bot, found?.id ?? '')
  }

  #mustKeep(): Shelf {
    const shelf = this.#shelf()
    if (!shelf) throw new Fault('no-content-server', { text: 'this relay keeps no files' })
    return shelf
  }
}

const gone = (): Fault => new Fault('file-gone', { text: 'there is no such file' })
