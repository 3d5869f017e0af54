import { describe, expect, it } from 'vitest'
import { until } from '../scenarios/clients/cast'
import { noOpenssl } from './certificate'
import { missingSipp, oddities, proofs, startSipp } from './sipp/sipp'
import type { Sipp, SippOptions } from './sipp/sipp'
import { domain, useStage } from './stage'

const missing = missingSipp ?? noOpenssl
const PAIRS = 8

describe.skipIf(missing)(`SIPp is the load on our relay${missing ? ` (${missing})` : ''}`, () => {
  const stage = useStage()
  let scenes = 0

  /** Pairs of people, none of them there yet. */
  async function pairs() {
    const n = ++scenes
    const names = Array.from({ length: PAIRS }, (_, i) => ({ sender: `s${n}x${i}`, receiver: `r${n}x${i}` }))
    const users = names.flatMap(({ sender, receiver }) => [sender, receiver]).map((user) => ({ user, password: `${user}-secret` }))
    for (let i = 0; i < users.length; i += 4) {
      await Promise.all(users.slice(i, i + 4).map(({ user, password }) => stage.relay.addUser(user, password)))
    }
    const proof = await proofs(stage.relay.tcp.port, domain, users)
    const folder = await stage.folder()
    const start = async (options: Omit<SippOptions, 'port' | 'folder'>): Promise<Sipp> => {
      const sipp = await startSipp({ ...options, port: stage.relay.tcp.port, folder })
      stage.later(() => sipp.stop())
      return sipp
    }
    return {
      names, start,
      /** Each says `count` things to the other of the pair, at `perSecond` over all pairs. */
      talk: (count: number, perSecond: number, connections: SippOptions['connections']) => start({
        scenario: 'sender', name: 'senders', ...(connections && { connections }),
        calls: names.map(({ sender, receiver }) => [sender, proof.get(sender)!, receiver, count, Math.round((PAIRS * 1_000) / perSecond)]),
      }),
      listen: async (connections: SippOptions['connections']) => {
        const receivers = await start({
          scenario: 'receiver', name: 'receivers', outOfCall: 'answer', ...(connections && { connections }),
          calls: names.map(({ receiver }) => [receiver, proof.get(receiver)!]),
        })
        await until('all receivers', async () => (await receivers.lines()).filter((line) => line.startsWith('here')).length === PAIRS)
        return receivers
      },
    }
  }

  const heard = async (receivers: Sipp): Promise<string[]> =>
    (await receivers.lines()).flatMap((line) => (line.startsWith('heard ') ? [line.slice('heard '.length)] : []))
  const number = async (): Promise<number> => Number((await stage.relay.health())['messagesTaken'])
  const expected = (sender: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${sender} ${i + 1}`)

  it.each(['each', 'one'] as const)('300 a second from eight to eight, connections: %s', async (connections) => {
    const { names, talk, listen } = await pairs()
    const count = 150
    const before = await number()
    const receivers = await listen(connections)
    const senders = await talk(count, 300, connections)
    expect(await senders.ended).toBe(0)
    const all = await until('everything heard', async () => {
      const texts: string[] = await heard(receivers)
      return texts.length >= count * PAIRS ? texts : undefined
    }, 60_000)
    expect(all).toHaveLength(count * PAIRS)
    for (const { sender } of names) expect(all.filter((text) => text.startsWith(`${sender} `))).toEqual(expected(sender, count))
    expect(await number() - before).toBe(count * PAIRS)
    await until('nothing pending', async () => (await stage.relay.health())['pending'] === 0)
    // Whoever has an answer has said it once only.
    expect((await senders.lines()).filter((line) => line.startsWith('taken'))).toHaveLength(count * PAIRS)
  })

  it('what is said to who is away is stored, and comes in order when they register', async () => {
    const { names, talk, listen } = await pairs()
    const count = 40
    const senders = await talk(count, 400, 'each')
    expect(await senders.ended).toBe(0)
    const lines = await senders.lines()
    expect(lines.filter((line) => line.startsWith('stored'))).toHaveLength(count * PAIRS)
    const receivers = await listen('each')
    const all = await until('everything heard', async () => {
      const texts: string[] = await heard(receivers)
      return texts.length >= count * PAIRS ? texts : undefined
    }, 60_000)
    for (const { sender } of names) expect(all.filter((text) => text.startsWith(`${sender} `))).toEqual(expected(sender, count))
    expect(all).toHaveLength(count * PAIRS)
  })

  it('others that stop half-way, miscount or invent methods disturb nobody', async () => {
    const { names, talk, listen, start } = await pairs()
    const count = 60
    const receivers = await listen('each')
    const senders = await talk(count, 100, 'each')
    const odd = await Promise.all(oddities.map((scenario) =>
      start({ scenario, name: scenario, calls: Array.from({ length: 20 }, (_, i) => [i]) })))
    // Where the framing is lost, the relay may hang up before its answer: only the method has one for sure.
    const ends = await Promise.all(odd.map(({ ended }) => ended))
    expect(ends[oddities.indexOf('unknown-method')]).toBe(0)
    expect(await senders.ended).toBe(0)
    const all = await until('everything heard', async () => {
      const texts: string[] = await heard(receivers)
      return texts.length >= count * PAIRS ? texts : undefined
    }, 60_000)
    for (const { sender } of names) expect(all.filter((text) => text.startsWith(`${sender} `))).toEqual(expected(sender, count))
    await until('the odd ones to be gone', async () => (await stage.relay.health())['connections'] === PAIRS, 60_000)
    expect(stage.relay.lines.filter((line) => line.includes('an error of our own'))).toEqual([])
  })
})
