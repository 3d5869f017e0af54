import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { cpimOf, Phone, until } from './play/phone'
import { command, RelayProcess, withFolder } from './play/process'
import { Program } from './play/program'

const domain = 'office.test'
const [meiAddress, lanAddress] = [`sip:mei@${domain}`, `sip:lan@${domain}`]
/** In every body, password, draft and query, and nowhere else. */
const word = 'goldfinch'

test('what people say, search and sign in with is in no log of the relay or the app, whatever goes wrong, at the finest level', () => withFolder(async (folder) => {
  const data = join(folder, 'relay')
  for (const user of ['mei', 'lan']) {
    const { code, stderr } = command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} ${word}\n`)
    if (code !== 0) throw new Error(stderr)
  }
  const level = process.env['YANXIN_LOG']
  process.env['YANXIN_LOG'] = 'trace'
  const running: (RelayProcess | Program)[] = []
  try {
    const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0'])
    running.push(relay)
    const flags = ['--data', join(folder, 'mei'), '--account', `mei@${domain}`, '--relay', relay.uris[0]!]
    const program = new Program(flags, { YANXIN_PASSWORD: `mei ${word}` })
    running.push(program)
    const mei = await (await program.ready()).open()
    const lan = await new Phone({ user: 'lan', domain, password: `lan ${word}`, port: relay.port, instance: 'urn:uuid:lan' }).comes()

    const raw = (type: string, body: string | Buffer, more = '') =>
      lan.send('MESSAGE', meiAddress, `From: <${lan.address}>;tag=a\r\nTo: <${meiAddress}>\r\nContent-Type: ${type}\r\n${more}`, body)
    await raw('message/cpim', cpimOf(lan.address, meiAddress, 'id-1', 'text/plain', word).replaceAll('\r\n', '\n'))
    await raw('message/cpim', `From: <${lan.address}>\r\n${word}: x\r\n\r\n${word}`)
    await raw('message/imdn+xml', `<${word}><open>`)
    await raw('message/imdn+xml', `<!DOCTYPE ${word} [<!ENTITY ${word} "${word}">]><imdn/>`)
    await raw('application/im-iscomposing+xml', `<isComposing ${word}="`)
    await raw('text/plain', word, 'Content-Encoding: deflate\r\n')
    await raw('text/plain', deflateSync(Buffer.from(word.repeat(200_000))), 'Content-Encoding: deflate\r\n')
    await raw('multipart/mixed;boundary=b', `--b\r\n${word}\r\n\r\n${word}`)
    await raw('application/vnd.gsma.rcs-ft-http+xml', `<file>${word}`)
    lan.raw(`MESSAGE ${meiAddress} SIP/2.0\r\n${word}\r\n\r\n`)
    await until('the relay to end that connection or not', () => relay.stderr.includes('malformed') || relay.stderr.includes('refused'))
    if (!lan.isOpen) await lan.comes()
    expect((await lan.says(`${word} in`, meiAddress)).status).toBe(200)

    await mei.call('send', lanAddress, 'message-1', `${word} out`)
    await mei.call('send', `sip:nobody@${domain}`, 'message-2', `${word} to nobody`)
    await mei.call('saveDraft', lanAddress, `${word} half said`)
    await mei.call('search', { text: word, limit: 10 })
    await expect(mei.call('send', lanAddress, `${word}\r\n`, word)).rejects.toMatchObject({ code: 'bad-argument' })
    await expect(mei.call('signIn', { address: `mei@${domain}`, password: `wrong ${word}`, relay: relay.uris[0]! })).rejects.toMatchObject({ code: 'wrong-password' })
    await until('what came in', async () => (await mei.texts(false)).includes(`${word} in`))
    await until('what went out', () => lan.texts.includes(`${word} out`))
    await until('what could not', async () => (await mei.messages()).some(({ status }) => status === 'failed'))
    for (const each of running.toReversed()) await each.stops()
    // Both did log, refusals among it: silence would prove nothing.
    expect(relay.stderr).toContain('message taken')
    expect(program.said).toContain('a message was refused')
    expect(`${relay.stderr}${program.said}`.split('\n').filter((line) => line.includes(word))).toEqual([])
  } finally {
    if (level === undefined) delete process.env['YANXIN_LOG']
    else process.env['YANXIN_LOG'] = level
    for (const each of running) {
      each.signal('SIGKILL')
      await each.ended
    }
  }
}))
