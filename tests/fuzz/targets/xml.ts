import { readXml, type XmlElement } from '../../../src-main/rcs/xml'
import { refusing, type Target } from '../target'
import { xmlWords } from './words'

const depthOf = ({ children }: XmlElement): number => 1 + Math.max(0, ...children.map(depthOf))

/** The one door to XML: nothing is expanded, nothing goes deeper than it may. */
export const xml: Target = {
  seeds: () => [
    '<a xmlns="urn:a" xmlns:b="urn:b"><b:c d="e&amp;f">g</b:c><!-- h --><i><![CDATA[<j>]]></i></a>', '<?xml version="1.0" encoding="UTF-8"?>\n<a/>',
    '<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:g@x" state="full" version="1"><users><user entity="sip:a@b"/></users></conference-info>',
  ].map((text) => Buffer.from(text)),
  dictionary: xmlWords,
  run(input) {
    const read = refusing(() => readXml(input))
    if (!read) return
    if (depthOf(read) > 16) throw new Error(`${depthOf(read)} elements inside each other`)
    if (Buffer.from(input).includes('<!DOCTYPE')) {
      // In a comment or CDATA it is only text.
      if (!/<!--[^]*<!DOCTYPE|<!\[CDATA\[[^]*<!DOCTYPE/.test(Buffer.from(input).toString())) throw new Error('a DOCTYPE went through')
    }
  },
}
