import { expect, test } from 'vitest'
import { sampleMessage, sipSpeed } from './sip-speed'

test('the wire: one MESSAGE of 600 bytes, µs', () => {
  const speed = sipSpeed()
  console.log(`sip, ${sampleMessage().length} bytes, µs a message:`, Object.entries(speed).map(([what, time]) => `${what} ${time.toFixed(2)}`).join(', '))
  expect(speed.total).toBeGreaterThan(0)
})
