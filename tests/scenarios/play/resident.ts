import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from '../../../src-main/contract/message'
import { until } from './phone'
import { Program, type Line } from './program'

export const domain = 'office.test'
export const addressOf = (name: string): string => `sip:${name}@${domain}`

/** Starting a program and taking up a link again, on a machine that does other things as well, ms. */
export const PATIENCE = 45_000

/** Bytes of files that are not whole yet, anywhere below a folder. */
export const halfKept = (folder: string): number => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?:^|[\\/])partial[\\/][^\\/]+$/.test(path) && !path.endsWith('.note'))
  .reduce((sum, path) => sum + (statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0), 0)

/** One person: a folder, and the program that works on it at the moment. */
export class Resident {
  line!: Line
  #program: Program | undefined

  constructor(readonly name: string, readonly folder: string) {}

  /** @param relay for the first time */
  async comes(relay?: string): Promise<void> {
    const program = this.#program = new Program(['--data', this.folder, ...(relay === undefined ? [] : ['--account', addressOf(this.name), '--relay', relay])],
      { YANXIN_PASSWORD: `${this.name} secret` })
    await program.ready()
    this.line = await program.open()
    await until(`${this.name} to be online`, async () => (await this.line.call('state')).link.at === 'online', PATIENCE)
  }

  async dies(): Promise<void> {
    await this.#program?.dies()
  }

  /** As a window keeps what is dropped on it. */
  async keeps(bytes: Uint8Array<ArrayBuffer>): Promise<{ hash: string; size: number }> {
    return await (await fetch(await this.#door(), { method: 'PUT', body: bytes })).json() as { hash: string; size: number }
  }

  messages(): Promise<Message[]> {
    return this.line.messages()
  }

  /** As a window reads a file. */
  async reads(hash: string): Promise<Uint8Array> {
    const answer = await fetch(await this.#door() + hash)
    if (!answer.ok) throw new Error(`${this.name} does not have ${hash}: ${answer.status}`)
    return new Uint8Array(await answer.arrayBuffer())
  }

  async #door(): Promise<string> {
    return new URL((await this.line.call('state')).content, this.#program!.link).href
  }
}
