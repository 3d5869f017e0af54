import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChromium } from '../e2e/yanxin'
import { findChromium, noChromium } from '../fakes/chromium'
import { noOpenssl } from './certificate'
import { layLine } from './jssip/line'
import { JsSipPhone, servePage } from './jssip/phone'
import { startRelay } from './relay'
import { domain, noLinphone, useStage } from './stage'
import { Yanxin } from './yanxin'

const missing = findChromium() ? noOpenssl : noChromium

describe.skipIf(missing)(`JsSIP in a browser, over WebSocket${missing ? ` (${missing})` : ''}`, () => {
  const stage = useStage()
  let browser: Browser
  let page: Awaited<ReturnType<typeof servePage>>

  beforeAll(async () => {
    browser = await startChromium()
    page = await servePage()
  })
  afterAll(async () => {
    await browser?.close()
    await page?.stop()
  })

  let people = 0
  /** Ann uses JsSIP in a tab; Mei uses our client over TCP. */
  async function scene() {
    const n = ++people
    const { relay } = stage
    const account = async (name: string) => {
      await relay.addUser(`${name}${n}`, `${name}-secret`)
      return { user: `${name}${n}`, password: `${name}-secret`, domain, address: `sip:${name}${n}@${domain}` }
    }
    const [ann, meiAccount] = [await account('ann'), await account('mei')]
    const folder = await stage.folder()
    const mei = new Yanxin({ ...meiAccount, at: () => relay.tcp, folder })
    stage.later(async () => mei.client?.stop())
    const instance = randomUUID()
    const tab = async (): Promise<JsSipPhone> => {
      const phone = await JsSipPhone.open(browser, page.url, ann.user)
      stage.later(() => phone.closes())
      return phone
    }
    const signIn = async (phone: JsSipPhone, { url = relay.ws.url, password = ann.password, device = instance } = {}): Promise<JsSipPhone> => {
      await phone.start({ url, uri: ann.address, password, instance: device })
      return phone
    }
    const online = async (options: Parameters<typeof signIn>[1] = {}): Promise<JsSipPhone> => {
      const phone = await signIn(await tab(), options)
      await phone.event('registered')
      return phone
    }
    return { ann, mei, tab, signIn, online, account }
  }

  it.each(['ws', 'wss'] as const)('registers by digest over %s, and talks with our client', async (transport) => {
    const { ann, mei, online } = await scene()
    await mei.opens()
    const phone = await online({ url: stage.relay[transport].url })

    const callId = await phone.says(mei.address, '喂？Hello 📞')
    const heard = await mei.hears('喂？Hello 📞')
    expect(heard).toMatchObject({ from: ann.address, id: callId })
    // Without CPIM the receipt names the Call-ID.
    await phone.event('received', ({ contentType, body }) => contentType.startsWith('message/imdn+xml') && body.includes(callId) && body.includes('<delivered'))

    const id = await mei.says(ann.address, '在。Here I am 🙋')
    const received = await phone.hears('在。Here I am 🙋')
    expect(received).toMatchObject({ from: mei.address, contentType: 'message/cpim' })
    // Its 200 has reached Mei's side: the relay has handed it on and waits for nothing.
    await mei.sees(id, 'sent')
    await phone.says(mei.address, receipt(id, 'delivered'), 'message/imdn+xml')
    await mei.sees(id, 'delivered')
  })

  it('does not let in who has a wrong password', async () => {
    const { tab, signIn } = await scene()
    const phone = await signIn(await tab(), { password: 'wrong' })
    expect(await phone.event('registration-failed')).toMatchObject({ status: 401 })
  })

  it('says why it does not take a message', async () => {
    const { online } = await scene()
    const phone = await online()
    await expect(phone.says(`sip:nobody@${domain}`, 'hello?')).rejects.toThrow('404')
    await expect(phone.says('sip:somebody@elsewhere.test', 'hello?')).rejects.toThrow('not taken')
  })

  it('what was said while its line was cut comes when it is back, once and in order', async () => {
    const { ann, mei, online } = await scene()
    const line = await layLine(() => stage.relay.ws.port)
    stage.later(() => line.stop())
    await mei.opens()
    const phone = await online({ url: `ws://127.0.0.1:${line.port}` })
    await mei.says(ann.address, 'before')
    await phone.hears('before')
    const since = phone.told.all.length
    line.cut()
    await phone.event('disconnected', () => true, since)
    const ids: string[] = []
    for (const text of ['一', 'two', '3']) ids.push(await mei.says(ann.address, text))
    for (const id of ids) await mei.sees(id, 'sent')
    line.mend()
    await phone.event('registered', () => true, since)
    await phone.hears('3')
    expect(phone.texts()).toEqual(['before', '一', 'two', '3'])
    await phone.says(mei.address, 'back')
    await mei.hears('back')
  })

  it('comes back by itself when the relay was killed, and a tab that was closed finds what waited', async () => {
    const { ann, mei, online } = await scene()
    await mei.opens()
    const phone = await online()
    const since = phone.told.all.length
    await stage.relay.dieAndReturn()
    await phone.event('registered', () => true, since)
    await phone.closes()
    const id = await mei.says(ann.address, 'waits for a tab')
    await mei.sees(id, 'sent')
    const again = await online()
    await again.hears('waits for a tab')
    expect(again.texts()).toEqual(['waits for a tab'])
  })

  it('two tabs are two devices: each gets everything', async () => {
    const { ann, mei, online } = await scene()
    await mei.opens()
    const tabs = [await online({ device: randomUUID() }), await online({ device: randomUUID() })] as const
    await mei.says(ann.address, 'to both')
    await Promise.all(tabs.map((tab) => tab.hears('to both')))
    await tabs[0].stop()
    await tabs[0].event('unregistered')
    await mei.says(ann.address, 'to whoever is there')
    await tabs[1].hears('to whoever is there')
    expect(tabs[0].texts()).toEqual(['to both'])
  })

  it('only who names the sub-protocol sip gets a connection', async () => {
    const { tab } = await scene()
    const phone = await tab()
    expect(await phone.knock(stage.relay.ws.url, ['sip'])).toBe(true)
    expect(await phone.knock(stage.relay.ws.url, ['chat'])).toBe(false)
    expect(await phone.knock(stage.relay.ws.url, [])).toBe(false)
  })

  it('a page of an origin that is not on the list gets no connection', async () => {
    const own = await servePage()
    stage.later(() => own.stop())
    const choosy = await startRelay(domain, stage.certificate, ['--ws-origin', new URL(own.url).origin])
    stage.later(() => choosy.stop())
    const [friend, stranger] = [await JsSipPhone.open(browser, own.url, 'friend'), await JsSipPhone.open(browser, page.url, 'stranger')]
    stage.later(() => friend.closes())
    stage.later(() => stranger.closes())
    expect(await friend.knock(choosy.ws.url, ['sip'])).toBe(true)
    expect(await stranger.knock(choosy.ws.url, ['sip'])).toBe(false)
  })

  it.skipIf(noLinphone).each([true, false])(`talks with a Linphone, CPIM %s${noLinphone ? ` (${noLinphone})` : ''}`, async (cpim) => {
    const { ann, online, account } = await scene()
    const { user, password, address } = await account('lan')
    const lan = await stage.linphone({ user, password, domain, relay: stage.relay.tcp, cpim })
    const phone = await online()
    const tag = await lan.text(ann.address, '你好，网页')
    await phone.hears('你好，网页')
    await lan.reached(tag, 'taken')
    const callId = await phone.says(address, '你好，Linphone')
    expect(await lan.received('你好，Linphone')).toMatchObject({ from: ann.address })
    // Linphone deflates its receipts, which no page could read.
    await phone.event('received', ({ from, contentType, body }) =>
      from === address && /^message\/(cpim|imdn)/.test(contentType) && body.includes(callId) && body.includes('<delivered/>'))
  })
})

const receipt = (id: string, status: 'delivered'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id>` +
  `<datetime>${new Date().toISOString()}</datetime><delivery-notification><status><${status}/></status></delivery-notification></imdn>`
