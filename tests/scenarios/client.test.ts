import { describe, expect, it } from 'vitest'
import { Person, play, until } from './clients/cast'

describe('two people and their office relay', () => {
  it('a message is sent, delivered and displayed, each once', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await mei.comes()
    await lan.comes()
    const id = await mei.says('今晚一起吃饭吗？', lan)
    await lan.hears('今晚一起吃饭吗？', mei)
    await mei.sees('delivered', id, lan)
    await lan.reads(mei)
    await mei.sees('displayed', id, lan)
    expect(lan.arrived).toHaveLength(1)
    expect((await lan.client.conversation(mei.address))?.unread).toBe(0)
    const events = (await mei.client.journey(lan.address, id)).map(({ event }) => event)
    expect(events[0]).toBe('kept')
    expect(events).toEqual(expect.arrayContaining(['sent', 'delivered', 'displayed']))
  }))

  it('a message waits for someone who is away', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await mei.comes()
    await lan.comes()
    await lan.leaves()
    const id = await mei.says('Home yet?', lan)
    await mei.sees('sent', id, lan)
    await lan.comes()
    await lan.hears('Home yet?', mei)
    await mei.sees('delivered', id, lan)
  }))

  it('what is written while the relay is down goes out once and in order when it is back', () => play(['mei', 'lan'], async ({ mei, lan }, office) => {
    await mei.comes()
    await lan.comes()
    const first = await mei.says('1', lan)
    await mei.sees('delivered', first, lan)
    await office.dies()
    await until('mei to notice', () => mei.client.link.at !== 'online')
    const ids: string[] = []
    for (let n = 2; n <= 20; n++) ids.push(await mei.says(String(n), lan))
    // The window repeats a call whose answer it missed.
    await mei.client.send(lan.address, ids[0]!, '2')
    expect((await mei.messages(lan)).filter(({ status }) => status === 'queued')).toHaveLength(19)
    await office.opens()
    await mei.sees('delivered', ids.at(-1)!, lan)
    expect(await lan.texts(mei)).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 1)))
    expect(await mei.texts(lan)).toEqual(await lan.texts(mei))
  }), 90_000)

  it('the app is closed with a message queued, and sends it when it is opened again', () => play(['mei', 'lan'], async ({ mei, lan }, office) => {
    await mei.comes()
    await lan.comes()
    await office.dies()
    const id = await mei.says('Still here', lan)
    await mei.leaves()
    await office.opens()
    await mei.comes()
    await mei.sees('delivered', id, lan)
    expect(await lan.texts(mei)).toEqual(['Still here'])
  }), 90_000)

  it('no displayed receipt goes out when the person does not want it', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await mei.comes()
    await lan.comes()
    lan.settings.sendDisplayed = false
    const first = await mei.says('Seen?', lan)
    await lan.hears('Seen?', mei)
    await lan.reads(mei)
    await mei.sees('delivered', first, lan)
    lan.settings.sendDisplayed = true
    // Receipts keep their order: when the second is displayed, one for the first would have come before.
    const second = await mei.says('And now?', lan)
    await lan.hears('And now?', mei)
    await lan.reads(mei)
    await mei.sees('displayed', second, lan)
    expect((await mei.messages(lan)).map(({ status }) => status)).toEqual(['delivered', 'displayed'])
  }))

  it('somebody who is writing is seen writing, until the message comes', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await mei.comes()
    await lan.comes()
    mei.client.typing(lan.address, true)
    mei.client.typing(lan.address, true)
    await until('lan to see mei write', () => lan.typing.some(({ from, until: end }) => from === mei.address && end > Date.now()))
    await mei.says('done', lan)
    await lan.hears('done', mei)
    await until('lan to see that it is over', () => lan.typing.at(-1)?.until === 0)
    expect(lan.typing.filter(({ until: end }) => end > 0)).toHaveLength(1)
    lan.settings.sendTyping = false
    lan.client.typing(mei.address, true)
    await lan.says('ok', mei)
    await mei.hears('ok', lan)
    expect(mei.typing).toEqual([])
  }))

  it('two devices of one account both get what comes, and see what the other sent', () => play(['mei', 'lan'], async ({ mei, lan }, office) => {
    await mei.comes()
    await lan.comes()
    const desk = await new Person(office, 'mei').comes()
    try {
      const answer = await lan.says('Where are you?', mei)
      await mei.hears('Where are you?', lan)
      await desk.hears('Where are you?', lan)
      await lan.sees('delivered', answer, mei)
      const id = await desk.says('At my desk', lan)
      await lan.hears('At my desk', mei)
      const copy = await until('the copy on the other device', async () => (await mei.messages(lan)).find((message) => message.id === id))
      expect(copy).toMatchObject({ outgoing: true, from: mei.address, content: { kind: 'text', text: 'At my desk' } })
      await mei.sees('delivered', id, lan)
      expect(mei.arrived).toHaveLength(1)
    } finally {
      await desk.leaves()
    }
  }))

  it('a message to nobody fails with its reason and can be sent again once there is somebody', () => play(['mei'], async ({ mei }, office) => {
    await mei.comes()
    const ghost = new Person(office, 'ghost')
    const id = await mei.says('Anybody?', ghost)
    const failed = await mei.sees('failed', id, ghost)
    expect(failed.fault?.code).toBe('unknown-recipient')
    await mei.client.sendAgain(ghost.address, id)
    await until('the second try to fail as well', async () =>
      (await mei.client.journey(ghost.address, id)).filter(({ event }) => event === 'failed').length === 2)
  }))

  it('tells whom it talks to: there, away, unknown', () => play(['mei', 'lan'], async ({ mei, lan }, office) => {
    await mei.comes()
    await lan.comes()
    expect(await mei.client.peer(lan.address)).toMatchObject({ reach: 'rcs', online: true, isChatbot: false, features: expect.arrayContaining(['pager']) })
    expect(await mei.client.peer(new Person(office, 'ghost').address)).toMatchObject({ reach: 'none' })
  }))
})

describe('the edges', () => {
  it('the longest message arrives whole', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await mei.comes()
    await lan.comes()
    const text = '雁'.repeat(Math.floor((64 * 1024) / 3))
    const id = await mei.says(text, lan)
    await lan.hears(text, mei)
    await mei.sees('delivered', id, lan)
  }))

  it('hundreds of messages that waited come in the order in which they were written, each once', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await lan.comes()
    await lan.leaves()
    await mei.comes()
    const texts = Array.from({ length: 150 }, (_, n) => `number ${n}`)
    let last = ''
    for (const text of texts) last = await mei.says(text, lan)
    await mei.sees('sent', last, lan)
    await lan.comes()
    await lan.hears(texts.at(-1)!, mei)
    expect(await lan.texts(mei)).toEqual(texts)
    expect((await lan.client.conversation(mei.address))?.unread).toBe(150)
    await mei.sees('delivered', last, lan)
  }))

  it('a password that is changed meanwhile signs the device out with a clear word', () => play(['mei'], async ({ mei }, office) => {
    await mei.comes()
    await office.dies()
    await office.opens()
    await office.changesPassword('mei')
    await until('mei to be told', () => mei.client.link.at === 'stopped')
    expect(mei.client.link).toMatchObject({ fault: { code: 'wrong-password' } })
  }))
})
