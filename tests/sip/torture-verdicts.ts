/** What our server does with one message of RFC 4475. */
export interface Torture {
  file: string
  /** RFC 4475 */
  section: string
  shows: string
  /** As one datagram or WebSocket message, which is how the RFC means them. */
  verdict: string
  /** On a stream, where it differs: there Content-Length is what holds the framing together. */
  stream?: string
  why?: string
}

const read = 'read, nothing waits for it'

/** The 49 files and our verdict on each. `dropped`: refused without an answer, as it is a response. */
export const torture: Torture[] = [
  { file: 'wsinv', section: '3.1.1.1', shows: 'folding, odd spacing, short forms, escaped quotes', verdict: '200' },
  { file: 'intmeth', section: '3.1.1.2', shows: 'a wide range of characters in every place', verdict: '501', why: 'read; nobody knows this method' },
  { file: 'esc01', section: '3.1.1.3', shows: 'escapes in URIs', verdict: '200' },
  { file: 'escnull', section: '3.1.1.4', shows: 'an escaped NUL in a URI', verdict: '200' },
  { file: 'esc02', section: '3.1.1.5', shows: '% is no escape in a method', verdict: '501', why: 'read; it is not REGISTER' },
  { file: 'lwsdisp', section: '3.1.1.6', shows: 'no space between display name and <', verdict: '200' },
  { file: 'longreq', section: '3.1.1.7', shows: 'very long values, 34 Via', verdict: '200' },
  { file: 'dblreq', section: '3.1.1.8', shows: 'two requests in one buffer', verdict: '200', stream: '200 200 closed', why: 'a datagram holds one; the second\'s body is longer than it says, so that its last bytes are no SIP' },
  { file: 'semiuri', section: '3.1.1.9', shows: 'semicolons in a user part', verdict: '200' },
  { file: 'transports', section: '3.1.1.10', shows: 'unknown transports in Via', verdict: '200' },
  { file: 'mpart01', section: '3.1.1.11', shows: 'a multipart body with binary parts', verdict: '200' },
  { file: 'unreason', section: '3.1.1.12', shows: 'a reason phrase in UTF-8', verdict: read },
  { file: 'noreason', section: '3.1.1.13', shows: 'an empty reason phrase', verdict: read },
  { file: 'badinv01', section: '3.1.2.1', shows: 'stray separators', verdict: '400' },
  { file: 'clerr', section: '3.1.2.2', shows: 'Content-Length larger than the message', verdict: '400', stream: 'dropped closed', why: 'a stream waits 30 s for the rest' },
  { file: 'ncl', section: '3.1.2.3', shows: 'a negative Content-Length', verdict: '400', stream: '400 closed' },
  { file: 'scalar02', section: '3.1.2.4', shows: 'numbers out of range', verdict: '400' },
  { file: 'scalarlg', section: '3.1.2.5', shows: 'numbers out of range in a response', verdict: 'dropped' },
  { file: 'quotbal', section: '3.1.2.6', shows: 'a quote that is not closed', verdict: '400' },
  { file: 'ltgtruri', section: '3.1.2.7', shows: 'angle brackets round the Request-URI', verdict: '400' },
  { file: 'lwsruri', section: '3.1.2.8', shows: 'white space inside the Request-URI', verdict: '400' },
  { file: 'lwsstart', section: '3.1.2.9', shows: 'several spaces in the request line', verdict: '400' },
  { file: 'trws', section: '3.1.2.10', shows: 'a space at the end of the request line', verdict: '400' },
  { file: 'escruri', section: '3.1.2.11', shows: 'headers in the Request-URI', verdict: '400' },
  { file: 'baddate', section: '3.1.2.12', shows: 'a zone other than GMT', verdict: '400' },
  { file: 'regbadct', section: '3.1.2.13', shows: 'a Contact with ? outside angle brackets', verdict: '400' },
  { file: 'badaspec', section: '3.1.2.14', shows: 'spaces inside < >', verdict: '400', why: 'could be let through; a strict reader is the simpler one' },
  { file: 'baddn', section: '3.1.2.15', shows: 'an unquoted display name with a comma', verdict: '400' },
  { file: 'badvers', section: '3.1.2.16', shows: 'SIP/7.0', verdict: '505' },
  { file: 'mismatch01', section: '3.1.2.17', shows: 'CSeq names another method', verdict: '400' },
  { file: 'mismatch02', section: '3.1.2.18', shows: 'the same with an unknown method', verdict: '400' },
  { file: 'bigcode', section: '3.1.2.19', shows: 'a status far above the range', verdict: 'dropped' },
  { file: 'badbranch', section: '3.2.1', shows: 'a branch that is the magic cookie alone', verdict: '200', why: 'matched by the rules of RFC 2543' },
  { file: 'insuf', section: '3.3.1', shows: 'no Call-ID, From and To', verdict: '400' },
  { file: 'unkscm', section: '3.3.2', shows: 'an unknown scheme in the Request-URI', verdict: '416' },
  { file: 'novelsc', section: '3.3.3', shows: 'a known scheme that is not of SIP', verdict: '416' },
  { file: 'unksm2', section: '3.3.4', shows: 'unknown schemes in To, From and Contact', verdict: '416' },
  { file: 'bext01', section: '3.3.5', shows: 'Require and Proxy-Require nobody knows', verdict: '420', why: 'Unsupported names all four' },
  { file: 'invut', section: '3.3.6', shows: 'an unknown body type', verdict: '415', why: 'with Accept' },
  { file: 'regaut01', section: '3.3.7', shows: 'an unknown authorization scheme', verdict: '401', why: 'as if it had none' },
  { file: 'multi01', section: '3.3.8', shows: 'single fields more than once', verdict: '400' },
  { file: 'mcl01', section: '3.3.9', shows: 'two Content-Lengths', verdict: '400', stream: '400 closed' },
  { file: 'bcast', section: '3.3.10', shows: 'a response with a foreign Via', verdict: read },
  { file: 'zeromf', section: '3.3.11', shows: 'Max-Forwards 0', verdict: '483' },
  { file: 'cparam01', section: '3.3.12', shows: 'an unknown Contact parameter outside the URI', verdict: '200' },
  { file: 'cparam02', section: '3.3.13', shows: 'an unknown Contact parameter inside the URI', verdict: '200' },
  { file: 'regescrt', section: '3.3.14', shows: 'headers in a Contact URI', verdict: '200' },
  { file: 'sdp01', section: '3.3.15', shows: 'an offer whose answer would not be accepted', verdict: '488' },
  { file: 'inv2543', section: '3.4.1', shows: 'a client of RFC 2543', verdict: '200', stream: '400 closed', why: 'it has a body and no Content-Length' },
]

/** The verdicts as the table that people read. */
export const tortureTable = (): string =>
  [
    '# RFC 4475: our verdicts',
    '',
    'Written by `torture.test.ts` from `torture-verdicts.ts`; the messages themselves are not in this repository.',
    'A number is the status of our answer. *dropped*: refused without an answer, as a response has none.',
    'On a stream the same holds unless the last column says otherwise.',
    '',
    '| RFC 4475 | file | shows | verdict | on a stream | because |',
    '|---|---|---|---|---|---|',
    ...torture.map(({ section, file, shows, verdict, stream, why }) => `| ${section} | ${file} | ${shows} | ${verdict} | ${stream ?? ''} | ${why ?? ''} |`),
    '',
  ].join('\n')
