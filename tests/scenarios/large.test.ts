import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { makeIdentity } from '../../src-main/msrp/certificate'
import { domain, passwordOf, play, until, type Office, type Person } from './clients/cast'
import { Phone } from './play/phone'

const KB = 1024
/** A text like no other, in bytes of ASCII. */
const longText = (bytes: number): string => randomBytes(Math.ceil(bytes / 2)).toString('hex').slice(0, bytes)
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

async function playLarge(act: (mei: Person, lan: Person, office: Office) => Promise<void>, tls?: { cert: string; key: string }): Promise<void> {
  await play(['mei', 'lan'], async ({ mei, lan }, office) => {
    await office.dies()
    office.takesLarge = tls ?? true
    await office.opens()
    await act(mei, lan, office)
  })
}

/** What was heard of one text, by hash: nobody wants to read 300 KB where a test fails. */
const heard = async (person: Person, from: Person): Promise<string[]> => (await person.texts(from)).map(hash)

describe.each([false, true])('a text of 300 KB, over TLS: %s', (isSecret) => {
  test('goes over MSRP, comes once and in its place, and is receipted as any other', async () => {
    const tls = isSecret ? await makeIdentity({ name: domain, now: systemClock.now() }) as { cert: string; key: string } : undefined
    await playLarge(async (mei, lan) => {
      await Promise.all([mei.comes(), lan.comes()])
      expect(mei.client.link).toMatchObject({ at: 'online', textLimit: KB * KB })
      const text = longText(300 * KB)
      const id = await mei.says(text, lan)
      await mei.says('and so on', lan)
      await lan.hears('and so on', mei)
      await mei.sees('delivered', id, lan)
      expect(await heard(lan, mei)).toEqual([text, 'and so on'].map(hash))
      await lan.reads(mei)
      await mei.sees('displayed', id, lan)
    }, tls)
  })
})

test('both write at once, ever more', async () => {
  await playLarge(async (mei, lan) => {
    await Promise.all([mei.comes(), lan.comes()])
    const texts = Array.from({ length: 6 }, (_, i) => longText((100 + i * 150) * KB))
    const ids = await Promise.all(texts.flatMap((text) => [mei.says(text, lan), lan.says(`${text}!`, mei)]))
    for (const [i, id] of ids.entries()) await (i % 2 ? lan.sees('delivered', id, mei) : mei.sees('delivered', id, lan))
    expect((await heard(lan, mei)).sort()).toEqual(texts.flatMap((text) => [hash(text), hash(`${text}!`)]).sort())
  })
}, 60_000)

test('who is away gets it later, also of a relay that was started again', async () => {
  await playLarge(async (mei, lan, office) => {
    await lan.comes()
    await lan.leaves()
    await mei.comes()
    const text = longText(900 * KB)
    const id = await mei.says(text, lan)
    await mei.sees('sent', id, lan)
    await office.dies()
    await office.opens()
    await lan.comes()
    await mei.sees('delivered', id, lan)
    expect(await heard(lan, mei)).toEqual([hash(text)])
  })
}, 60_000)

describe.each(['before', 'after'] as const)('a relay that dies just %s it has kept one', (when) => {
  test('gets it again, and it comes once', async () => {
    await playLarge(async (mei, lan, office) => {
      await Promise.all([mei.comes(), lan.comes()])
      let dying: Promise<void> | undefined
      office.around = async (verb, commit) => {
        if (verb !== 'queue.put' || dying) return commit()
        if (when === 'after') await commit()
        dying = office.dies()
        return new Promise(() => {})
      }
      const text = longText(300 * KB)
      const id = await mei.says(text, lan)
      await until('the relay to die', () => dying !== undefined)
      await dying
      await office.opens()
      await mei.sees('delivered', id, lan)
      expect(await heard(lan, mei)).toEqual([hash(text)])
    })
  }, 60_000)
})

test('a device that does not take it: its sender is told why, and what comes behind it goes on', async () => {
  await playLarge(async (mei, lan, office) => {
    const phone = await new Phone({ user: 'lan', domain, password: passwordOf('lan'), port: office.port, instance: 'urn:uuid:phone' }).comes()
    await mei.comes()
    const id = await mei.says(longText(300 * KB), lan)
    expect((await mei.sees('failed', id, lan)).fault).toMatchObject({ code: 'too-large' })
    await mei.says('short', lan)
    await phone.hears('short')
    expect(phone.texts).toEqual(['short'])
    await phone.leaves()
  })
})

test('a relay that does not take them says so before, and a client that sends one all the same is told', async () => {
  await play(['mei', 'lan'], async ({ mei, lan }) => {
    await Promise.all([mei.comes(), lan.comes()])
    expect(mei.client.link).toEqual({ at: 'online' })
    const id = await mei.says(longText(300 * KB), lan)
    expect((await mei.sees('failed', id, lan)).fault).toMatchObject({ code: 'too-large' })
  })
})

test('one larger than the relay takes fails at once', async () => {
  await playLarge(async (mei, lan) => {
    await mei.comes()
    const id = await mei.says(longText(KB * KB + 8 * KB), lan)
    expect((await mei.sees('failed', id, lan)).fault).toMatchObject({ code: 'too-large', detail: { limit: KB * KB } })
  })
})

test('in a group everybody gets it, at the same place', async () => {
  await play(['mei', 'lan', 'bo'], async ({ mei, lan, bo }, office) => {
    await office.dies()
    office.takesLarge = true
    await office.opens()
    await Promise.all([mei.comes(), lan.comes(), bo.comes()])
    const { conversation } = await mei.client.groups.create(randomIds.uuid(), { subject: '周末', members: [lan.address, bo.address] })
    for (const each of [lan, bo]) {
      await until('an invitation', async () => (await each.client.conversation(conversation))?.group)
      await each.client.groups.answer(conversation, 'accept')
    }
    const text = longText(300 * KB)
    await mei.client.send(conversation, randomIds.token(), text)
    await mei.client.send(conversation, randomIds.token(), 'so much for that')
    const said = async (each: Person): Promise<string[]> => (await each.client.changes(0, 1_000)).changes.flatMap((change) =>
      (change.kind === 'message' && change.message.conversation === conversation && change.message.content.kind === 'text' ? [hash(change.message.content.text)] : []))
    for (const each of [lan, bo]) {
      await until('both', async () => (await said(each)).length === 2)
      expect(await said(each)).toEqual([text, 'so much for that'].map(hash))
    }
  })
})
