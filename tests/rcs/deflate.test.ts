import { deflateRawSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inflateBounded, inflateLimit } from '../../src-main/rcs/deflate'
import { bytes, capture, captureBytes, faultOf } from './captures'

describe('deflate', () => {
  it.each(['16-imdn-delivered-plain-relayed', '24-iscomposing-cpim-relayed', '26-imdn-aggregated-multipart-digest', '32-msilo-stored-iscomposing', '65-group-imdn-relayed'])(
    'inflates %s of Linphone', (name) => expect(inflateBounded(capture(`${name}.sip`).body)).toEqual(captureBytes(`${name}.body`)))

  it('takes deflate without its wrapper, too', () => {
    expect(inflateBounded(deflateRawSync(bytes('hi')))).toEqual(bytes('hi'))
  })

  it('stops a body that expands without end', () => {
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(70_000)
    const before = process.memoryUsage().arrayBuffers
    expect(faultOf(() => inflateBounded(bomb))).toBe('too-large')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
  })

  it('holds its limit to the byte', () => {
    expect(inflateBounded(deflateSync(Buffer.alloc(inflateLimit)))).toHaveLength(inflateLimit)
    expect(faultOf(() => inflateBounded(deflateSync(Buffer.alloc(inflateLimit + 1))))).toBe('too-large')
    expect(faultOf(() => inflateBounded(deflateSync(bytes('hello')), 4))).toBe('too-large')
  })

  it('calls a capture cut anywhere badly encoded', () => {
    const { body } = capture('16-imdn-delivered-plain-relayed.sip')
    for (let length = 0; length < body.length; length++) expect(faultOf(() => inflateBounded(body.subarray(0, length)))).toBe('bad-encoding')
  })

  it('throws only faults, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array(), (body) => void faultOf(() => inflateBounded(body))))
  })
})
