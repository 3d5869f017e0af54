import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { App } from '../../src-main/app'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { startRelayServer } from '../../src-main/relay-server'
import { ha1sOf } from '../../src-main/server/passwords'
import { listenTls } from '../../src-main/sip/tls'
import { fileVault } from '../../src-main/vault'
import { openInlineKeeper, openTestDatabase, temporaryFolder } from '../fakes/database'
import { makeCertificate, noOpenssl } from '../interop/certificate'

const parts = { clock: systemClock, ids: randomIds, random: Math.random, log: silentLog }

describe.skipIf(noOpenssl)(`signing in over TLS${noOpenssl ? `: ${noOpenssl}` : ''}`, () => {
  it('works with --ca and is refused without', async () => {
    const ledger = await openTestDatabase()
    const address = 'sip:mei@office.example'
    await ledger.commit('accounts.add', { address, ...ha1sOf(address, 'plum'), createdAt: Date.now() })
    const server = await startRelayServer({ domain: 'office.example', ledger, ...parts })
    const certificate = makeCertificate('office.example')
    const [cert, key] = [readFileSync(certificate.cert, 'utf8'), readFileSync(certificate.key, 'utf8')]
    const listener = await listenTls({ host: '127.0.0.1', port: 0, cert, key, ...parts }, (flow) => server.accept(flow))
    const newApp = (ca?: string) => {
      const data = temporaryFolder()
      return new App({
        data, host: 'browser', platform: 'linux', version: '0', language: 'en', vault: fileVault(join(data, 'vault')), ...parts,
        openLedger: (file) => openTestDatabase({ file }), openKeeper: (file) => openInlineKeeper(file), openExternal: async () => undefined, ...(ca !== undefined && { ca }),
      })
    }
    const [trusting, careful] = [newApp(cert), newApp()]
    try {
      const details = { address: 'mei@office.example', password: 'plum', relay: listener.uri }
      expect(await trusting.signIn(details)).toMatchObject({ link: { at: 'online' }, account: { relay: listener.uri } })
      await expect(careful.signIn(details)).rejects.toMatchObject({ code: 'bad-certificate' })
    } finally {
      await Promise.allSettled([trusting.stop(), careful.stop()])
      await listener.close()
      await server.stop(100)
      await ledger.close()
      certificate.remove()
    }
  })
})
