import { describe, expect, it } from 'vitest'
import { findLinphone, startLinphone } from '../interop/linphone/linphone'
import { domain, passwordOf, play, until, type Person } from './clients/cast'

const found = findLinphone()
const missing = 'missing' in found ? found.missing : undefined
const python = 'python' in found ? found.python : ''

describe.skipIf(missing)(`our client and a Linphone through one relay${missing ? ` (${missing})` : ''}`, () => {
  it.each([true, false])('text, receipts and typing go both ways, CPIM %s', (cpim) => play(['mei', 'lan'], async ({ mei, lan: absent }, office) => {
    await mei.comes()
    const linphone = await startLinphone(python, {
      user: 'lan', password: passwordOf('lan'), domain, relay: { host: '127.0.0.1', port: office.port, transport: 'tcp' }, cpim,
    })
    // Only a name for the other side: Lan's client is the Linphone.
    const lan: Person = absent
    try {
      const question = await linphone.text(mei.address, '吃饭了吗？')
      await mei.hears('吃饭了吗？', lan)
      await linphone.reached(question, 'delivered')
      await mei.reads(lan)
      await linphone.reached(question, 'displayed')

      const answer = await mei.says('还没呢 🍚', lan)
      await linphone.received('还没呢 🍚')
      await mei.sees('delivered', answer, lan)
      await linphone.read(mei.address)
      await mei.sees('displayed', answer, lan)

      await linphone.compose(mei.address)
      await until('mei to see lan write', () => mei.typing.some(({ from, until: end }) => from === linphone.address && end > 0))
      mei.client.typing(linphone.address, true)
      await linphone.event('composing', ({ active }) => active)
      expect((await mei.messages(lan)).map(({ status }) => status)).toEqual(['displayed', 'displayed'])
    } finally {
      await linphone.stop()
    }
  }), 90_000)
})
