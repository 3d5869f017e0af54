import { describe, expect, it } from 'vitest'
import { child, escapeXml, readXml } from '../../src-main/rcs/xml'
import { bytes, faultOf } from './captures'

describe('the one door to XML', () => {
  it('works out namespaces, attributes and text', () => {
    const root = readXml('<a xmlns="u:1" xmlns:p="u:2" x="1 &lt; 2"> t <p:b xmlns:p="u:3"/><p:c/><d xmlns="">&#65;</d></a>')
    expect([root.name, root.namespace, root.attributes.get('x'), root.text.trim()]).toEqual(['a', 'u:1', '1 < 2', 't'])
    expect(root.children.map((one) => [one.name, one.namespace])).toEqual([['b', 'u:3'], ['c', 'u:2'], ['d', '']])
    expect(child(root, 'd')?.text).toBe('A')
    expect(child(root, 'e')).toBeUndefined()
  })

  it('gives back what was escaped', () => {
    const strange = '<a href="x">&amp;\'</a> 你好 🎉'
    expect(readXml(`<t u="${escapeXml(strange)}">${escapeXml(strange)}</t>`)).toMatchObject({ text: strange, attributes: new Map([['u', strange]]) })
  })

  it.each([
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['a DOCTYPE in small letters', '<!doctype a><a/>'],
    ['a DOCTYPE that names a file', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['a billion laughs', `<!DOCTYPE l [<!ENTITY a "${'ha'.repeat(9)}"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>`],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['a character that XML has not', '<a>&#0;</a>'],
    ['such a character as it is', '<a>\u0006</a>'],
    ['such a character in an attribute', '<a b="\uFFFE"/>'],
    ['a half of a surrogate pair', '<a>&#xD800;</a>'],
    ['a number beyond Unicode', '<a>&#x110000;</a>'],
    ['a tag that is not closed', '<a><b></a>'],
    ['two roots', '<a/><b/>'],
    ['words behind the root', '<a/>junk'],
    ['words before the root', 'junk<a/>'],
    ['an undeclared prefix', '<p:a/>'],
    ['a repeated attribute', '<a b="1" b="2"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['a comment that does not end', '<a><!-- </a>'],
    ['a name that poisons prototypes', '<__proto__><x/></__proto__>'],
    ['seventeen elements inside each other', '<a>'.repeat(17) + '</a>'.repeat(17)],
    ['elements beyond any stack', '<a>'.repeat(8000) + '</a>'.repeat(8000)],
    ['nothing', ''],
    ['blanks', ' \n'],
  ])('refuses %s', (_, xml) => expect(faultOf(() => readXml(xml))).toBe('malformed'))

  it('takes sixteen elements inside each other', () => {
    expect(readXml('<a>'.repeat(16) + '</a>'.repeat(16)).name).toBe('a')
  })

  it('refuses a document cut anywhere', () => {
    const whole = '<?xml version="1.0"?><imdn xmlns="u"><message-id>x</message-id><status code="1"><delivered/></status></imdn>'
    for (let length = 0; length < whole.length; length++) expect(faultOf(() => readXml(whole.slice(0, length)))).toBe('malformed')
  })

  it('refuses bytes that are no UTF-8', () => {
    expect(faultOf(() => readXml(Uint8Array.of(...bytes('<a>'), 0xc3, 0x28, ...bytes('</a>'))))).toBe('malformed')
  })

  it('refuses what is too large before it reads it', () => {
    expect(faultOf(() => readXml(`<a>${'x'.repeat(65_536)}</a>`))).toBe('too-large')
    expect(faultOf(() => readXml(bytes(`<a>${'x'.repeat(300_000)}</a>`)))).toBe('too-large')
    expect(faultOf(() => readXml(`<a>${'x'.repeat(65_529)}</a>`))).toBeUndefined()
    expect(faultOf(() => readXml('<a>12</a>', { size: 8 }))).toBe('too-large')
  })
})
