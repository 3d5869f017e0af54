import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BySeq } from '../../src-main/relay/by-seq'

type Step = { do: 'set' | 'delete' | 'get'; seq: number } | { do: 'next' | 'shift' } | { do: 'filter'; by: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('next' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('set' as const, 'delete' as const, 'get' as const), seq: fc.integer({ min: 1, max: 300 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('filter' as const), by: fc.integer({ min: 2, max: 5 }) }) },
)

it('holds what a sorted Map holds', () => {
  fc.assert(fc.property(fc.array(step, { minLength: 50, maxLength: 1_500, size: 'max' }), (steps) => {
    const things = new BySeq<string>()
    const model = new Map<number, string>()
    const seqs = () => [...model.keys()].sort((a, b) => a - b)
    let made = 0
    for (const each of steps) {
      switch (each.do) {
        case 'next':
        case 'set': {
          const seq = each.do === 'set' ? each.seq : (seqs().at(-1) ?? 0) + 1
          const thing = `thing ${++made}`
          things.set(seq, thing)
          model.set(seq, thing)
          break
        }
        case 'delete':
          expect(things.delete(each.seq)).toBe(model.delete(each.seq))
          break
        case 'get':
          expect(things.get(each.seq)).toBe(model.get(each.seq))
          expect(things.has(each.seq)).toBe(model.has(each.seq))
          break
        case 'shift': {
          const [first] = seqs()
          expect(things.shift()).toBe(first === undefined ? undefined : model.get(first))
          if (first !== undefined) model.delete(first)
          break
        }
        case 'filter': {
          const stays = (thing: string) => Number(thing.slice(6)) % each.by !== 0
          things.filter(stays)
          for (const [seq, thing] of model) if (!stays(thing)) model.delete(seq)
        }
      }
      expect(things.size).toBe(model.size)
    }
    const seen: string[] = []
    things.each((thing) => void seen.push(thing))
    expect(seen).toEqual(seqs().map((seq) => model.get(seq)))
    expect(things.last).toBe(seen.at(-1))
  }), { numRuns: 60 })
})
