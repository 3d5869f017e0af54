import { expect, it } from 'vitest'
import { Events } from '../../src-main/base/events'

it('tells every listener, in the order in which they came, until they leave', () => {
  const events = new Events<{ said: [text: string] }>()
  const heard: string[] = []
  const leave = events.on('said', (text) => heard.push(`first ${text}`))
  events.on('said', (text) => heard.push(`second ${text}`))
  events.emit('said', 'a')
  leave()
  events.emit('said', 'b')
  expect(heard).toEqual(['first a', 'second a', 'second b'])
})

it('a listener that throws does not keep the others from hearing, and its error is not lost', () => {
  const thrown: unknown[] = []
  const events = new Events<{ said: [] }>((error) => thrown.push(error))
  let heard = 0
  events.on('said', () => { throw new Error('mine') })
  events.on('said', () => heard++)
  events.emit('said')
  expect(heard).toBe(1)
  expect(thrown).toEqual([new Error('mine')])
})
