import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { makeCertificate, noOpenssl } from './certificate'
import type { Certificate } from './certificate'
import { findLinphone, startLinphone } from './linphone/linphone'
import type { Linphone, StartOptions } from './linphone/linphone'
import type { LinphoneAccount } from './linphone/home'
import { startRelay } from './relay'
import type { RunningRelay } from './relay'

export const domain = 'interop.test'

const found = findLinphone()
/** Why no Linphone can be on stage, if so. */
export const noLinphone = 'missing' in found ? found.missing : noOpenssl

/** What a file of interop tests stands on; who entered it during a test is sent home when that ends. */
export class Stage {
  certificate!: Certificate
  relay!: RunningRelay
  readonly #cleanUp: (() => Promise<unknown>)[] = []

  /** Is done when the test ends, the last first. */
  later(work: () => Promise<unknown>): void {
    this.#cleanUp.push(work)
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'yanxin-interop-'))
    this.later(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    return folder
  }

  async linphone(account: LinphoneAccount, options?: StartOptions): Promise<Linphone> {
    const linphone = await startLinphone('python' in found ? found.python : '', account, options)
    this.later(() => linphone.stop())
    return linphone
  }

  async clear(): Promise<void> {
    while (this.#cleanUp.length > 0) await this.#cleanUp.pop()!()
  }
}

/** @param withRelay our relay stands on it from the first test to the last */
export function useStage({ withRelay = true } = {}): Stage {
  const stage = new Stage()
  beforeAll(async () => {
    stage.certificate = makeCertificate(domain)
    if (withRelay) stage.relay = await startRelay(domain, stage.certificate)
  })
  afterEach(() => stage.clear())
  afterAll(async () => {
    await stage.relay?.stop()
    stage.certificate?.remove()
  })
  return stage
}
