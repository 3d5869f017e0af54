import { expect, it } from 'vitest'
import { Frame } from '../../../src-renderer/state/frame'

function film() {
  let asked: (() => void)[] = []
  const frame = new Frame((run) => void asked.push(run))
  return {
    frame,
    told: [] as string[],
    draw() {
      const runs = asked
      asked = []
      for (const run of runs) run()
    },
    isIdle: () => asked.length === 0,
  }
}

it('tells the last value of each read at the next frame', () => {
  const { frame, told, draw } = film()
  const [row, page] = [{}, {}]
  frame.tell(row, () => told.push('row 1'))
  frame.tell(page, () => told.push('page 1'))
  frame.tell(row, () => told.push('row 2'))
  frame.tell({}, () => told.push('other'))
  frame.forget(page)
  expect(told).toEqual([])
  draw()
  expect(told).toEqual(['row 2', 'other'])
})

it('tells a first value at once, but in a frame that has had its values with the next', () => {
  const { frame, told, draw, isIdle } = film()
  frame.tellFirst({}, () => told.push('opened'))
  expect([told, isIdle()]).toEqual([['opened'], true])
  frame.tell({}, () => told.push('row'))
  draw()
  frame.tellFirst({}, () => told.push('the page it begins'))
  expect(told).toEqual(['opened', 'row'])
  draw()
  expect(told).toEqual(['opened', 'row', 'the page it begins'])
  draw()
  frame.tellFirst({}, () => told.push('at once again'))
  expect([told.at(-1), isIdle()]).toEqual(['at once again', true])
})
