import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentIn } from '../fakes/content'
import { ContentServer } from '../fakes/content-server'
import { domain, noLinphone, useStage } from './stage'
import { Yanxin } from './yanxin'

describe.skipIf(noLinphone)(`files between Linphone and our client${noLinphone ? ` (${noLinphone})` : ''}`, () => {
  const stage = useStage()

  it.each([
    { cpim: true, dialect: 'gsma' }, { cpim: false, dialect: 'linphone' },
  ] as const)('go both ways, CPIM $cpim, over a server that speaks $dialect', async ({ cpim, dialect }) => {
    const { relay } = stage
    const folder = await stage.folder()
    const [mei, lan] = [`mei-${dialect}`, `lan-${dialect}`]
    for (const user of [mei, lan]) await relay.addUser(user, `${user}-secret`)
    const server = await new ContentServer({ dialect }).opens()
    stage.later(() => server.closes())
    const ours = new Yanxin({ user: mei, password: `${mei}-secret`, domain, at: () => relay.tcp, folder, files: server.uri })
    await ours.opens()
    stage.later(() => ours.closes())
    const theirs = await stage.linphone({ user: lan, password: `${lan}-secret`, domain, relay: relay.tcp, cpim, files: server.uri }, { folder: join(folder, 'lan') })

    const [from, to] = [join(folder, 'a.txt'), join(folder, 'b.bin')]
    const sent = randomBytes(200_000)
    await writeFile(from, sent)
    const tag = await theirs.file(ours.address, from, 'text/plain')
    await theirs.reached(tag, 'delivered')
    const { kept } = contentIn(join(folder, mei))
    for (;;) {
      const [message] = await ours.thread(theirs.address)
      const file = message?.content.kind === 'files' ? message.content.files[0] : undefined
      if (file && file.hash !== '') {
        expect(file).toMatchObject({ name: 'a.txt', contentType: 'text/plain', size: sent.length })
        expect((await kept.read(file.hash, 0, sent.length))!.bytes.equals(sent)).toBe(true)
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }

    const back = randomBytes(300_000)
    const writing = kept.newFile()
    await writing.write(back)
    await ours.client.sendFiles(theirs.address, `file-to-${lan}`, { files: [{ name: 'b.bin', contentType: 'application/octet-stream', ...(await writing.finish()) }] })
    await theirs.event('received', (one) => one.types.some((type) => type.includes('rcs-ft-http') || type.includes('octet-stream')))
    await theirs.download(to)
    expect((await readFile(to)).equals(back)).toBe(true)
    await ours.sees(`file-to-${lan}`, 'delivered')
  })
})
