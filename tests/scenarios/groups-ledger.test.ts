import { expect, test } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { play, until, type Person } from './clients/cast'
import { GroupLedger } from './clients/group-ledger'

const names = ['mei', 'lan', 'bo', 'ann', 'dan'] as const
const ROUNDS = Number(process.env['YANXIN_GROUP_ROUNDS'] ?? 100)

/** The same row of chances every time (xorshift), so that what failed once fails again. */
function chances(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Makes a group of all, in which the first two are admins and everybody has come. */
async function makesGroup(people: readonly Person[]): Promise<string> {
  const [first, second, ...others] = people as [Person, Person, ...Person[]]
  const { conversation } = await first.client.groups.create(randomIds.uuid(), { subject: 'ledger', members: [second, ...others].map(({ address }) => address) })
  for (const person of [second, ...others]) {
    await until(`${person.name} to be invited`, async () => (await person.client.conversation(conversation))?.group?.state === 'invited')
    await person.client.groups.answer(conversation, 'accept')
  }
  await first.client.groups.setRole(conversation, second.address, 'admin')
  return conversation
}

/** What is refused because somebody else was faster is no fault of the play. */
const tries = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined)

test(`${ROUNDS} rounds of talk while admins disagree, lines break, people go and the focus dies: nobody misses anything, sees anything twice or in another order`, async () => {
  await play([...names, 'eve', 'fay'], async ({ eve, fay, ...cast }, office) => {
    const people = names.map((name) => cast[name])
    for (const person of people) await person.comes()
    const ledger = new GroupLedger(await makesGroup(people))
    const chance = chances(20260503)
    const [mei, lan] = people as [Person, Person]
    let away: Person | undefined
    for (let round = 0; round < ROUNDS; round++) {
      const here = people.filter((person) => person !== away)
      // Every other round begins with everybody in reach, so that what admins want arrives; the others as it comes. Whose line broke
      // often waits long: somebody opens the lid.
      if (round % 2) {
        for (const { client } of here) if (client.link.at === 'waiting') client.woke()
        await until('all to be online', () => here.every(({ client }) => client.link.at === 'online'))
      }
      const work: Promise<unknown>[] = here.flatMap((person) => Array.from({ length: chance(3) }, () => ledger.says(person)))
      if (round % 4 === 1) {
        // Two admins at the same moment, about the same two people.
        const [one, other] = chance(2) ? [eve, fay] : [fay, eve]
        for (const admin of [mei, lan].filter((each) => each !== away)) {
          work.push(tries(chance(2) ? admin.client.groups.invite(ledger.group, [one.address, other.address]) : admin.client.groups.remove(ledger.group, one.address)))
        }
      }
      if (round % 5 === 0) for (const admin of [mei, lan].filter((each) => each !== away)) work.push(tries(admin.client.groups.change(ledger.group, { subject: `round ${round} of ${admin.name}` })))
      if (round % 7 === 3) work.push(Promise.resolve(office.breaksLines()))
      if (round % 10 === 6) work.push(office.dies().then(() => office.opens()))
      await Promise.all(work)
      if (round % 6 === 4) {
        away = people[chance(people.length)]!
        await away.leaves()
      } else if (round % 6 === 0 && away) {
        await away.comes({ online: false })
        away = undefined
      }
    }
    if (away) await away.comes({ online: false })
    const copies = await ledger.converges(people)
    const [first, ...others] = copies
    for (const copy of others) {
      // Whoever came by invitation does not have the lines of before.
      expect(copy.roster).toEqual(first!.roster)
      expect([copy.version, copy.subject]).toEqual([first!.version, first!.subject])
    }
    for (const [i, { lines }] of copies.entries()) {
      expect(new Set(lines).size, `${names[i]} has something twice`).toBe(lines.length)
      expect(lines.filter((line) => line.includes(' ')).length).toBe(ledger.size)
      const shared = new Set(lines)
      expect(lines, `${names[i]} has another order than mei`).toEqual(first!.lines.filter((line) => shared.has(line)))
    }
    expect(first!.version, 'the admins were heard').toBeGreaterThan(5 + ROUNDS / 10)
  })
}, 600_000)
