import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../fakes/build'
import { judge } from './torture-uas'

const folder = join(root, 'tests/fixtures/sip')

/** Our own small messages, one for each clause that shaped the code: what a stream gets for it. */
const verdicts: Record<string, string> = {
  'folded': '200',
  'short-forms': '200',
  'percent-method': '501',
  'user-with-semicolon': '200',
  'binary-body': '200',
  'no-body-no-length': '200',
  'cookie-alone': '200',
  'no-hops-needed': '200',
  'stray-separators': '400',
  'angle-brackets': '400',
  'space-in-uri': '400',
  'two-spaces': '400',
  'space-at-end': '400',
  'headers-in-uri': '400',
  'date-elsewhere': '400',
  'open-quote': '400',
  'open-bracket': '400',
  'comma-in-name': '400',
  'contact-with-question': '400',
  'spaces-in-brackets': '400',
  'other-method-in-cseq': '400',
  'cseq-too-large': '400',
  'hops-too-many': '400',
  'expires-too-large': '400',
  'no-call-id': '400',
  'two-froms': '400',
  'latin-1': '400',
  'bare-cr': '400',
  'no-colon': '400',
  'other-version': '505',
  'unknown-scheme': '416',
  'unknown-extension': '420',
  'unknown-auth-scheme': '401',
  'no-hops-left': '483',
  // Nobody to answer to.
  'no-via': 'dropped',
  'status-too-large': 'dropped',
  'reason-in-chinese': 'read, nothing waits for it',
  'no-reason': 'read, nothing waits for it',
  // Where the next message begins is not known any more.
  'two-lengths': '400 closed',
  'negative-length': '400 closed',
  'body-without-length': '400 closed',
  'bare-lf': '400 closed',
  'length-too-large': 'dropped closed',
  'http': 'dropped closed',
  'tls-hello': 'dropped closed',
}

test('every fixture has a verdict', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sip')).map((name) => name.slice(0, -4))
  expect(files.sort()).toEqual(Object.keys(verdicts).sort())
})

test.each(Object.entries(verdicts))('%s → %s', async (file, verdict) => {
  expect((await judge(readFileSync(join(folder, `${file}.sip`)), 'stream')).verdict).toBe(verdict)
})
