/** What means something in SIP and in what rides inside. */
export const sipWords = [
  '\r\n', '\n', '\r\n\r\n', 'SIP/2.0', 'SIP/2.0 200 OK\r\n', 'MESSAGE sip:a@b SIP/2.0\r\n', 'Via: SIP/2.0/TCP a;branch=z9hG4bK1\r\n', 'v: ', 'f: ',
  't: ', 'i: ', 'm: *\r\n', 'l: 0\r\n', 'Content-Length: 5\r\n', 'Content-Length: ', 'CSeq: 1 MESSAGE\r\n', 'Max-Forwards: 0\r\n', 'Expires: 0\r\n',
  'Route: <sip:x;lr>\r\n', 'Contact: <sip:a@b>;expires=0\r\n', 'Authorization: Digest ', 'nonce="', 'response="', 'qop=auth', 'nc=00000001',
  'Content-Encoding: deflate\r\n', 'Content-Type: message/cpim\r\n', ';tag=', ';branch=z9hG4bK', ';received=', ';rport', '<sip:', '>', '<', '"', '\\"',
  ',', ';', ':', '?', '@', '%00', '%41', '[::1]', '[', ']', 'sips:', 'tel:+', ' \r\n ', '\t',
]
export const cpimWords = [
  'From: <sip:a@b>\r\n', 'To: <sip:a@b>\r\n', 'cc: ', 'NS: imdn <urn:ietf:params:imdn>\r\n', 'imdn.Message-ID: ', 'imdn.Disposition-Notification: ',
  'positive-delivery', 'negative-delivery', 'display', 'DateTime: 2026-05-03T08:00:00Z\r\n', 'Content-type: text/plain\r\n', 'Content-Length: ',
  'Content-Transfer-Encoding: base64\r\n', 'quoted-printable', 'charset=utf-8', '\r\n\r\n', '\r\n', '\n', '\\n', '\\u0041', '<im:a@b>', 'Require: ', 'Subject:;lang=fr ',
]
export const xmlWords = [
  '<?xml version="1.0"?>', '<!DOCTYPE a [<!ENTITY b "c">]>', '<![CDATA[', ']]>', '<!--', '-->', '&amp;', '&#0;', '&#x1F600;', '&#55357;', '&b;', 'xmlns=""',
  'xmlns:a="urn:ietf:params:xml:ns:imdn"', 'xml:lang="zh"', '<a>', '</a>', '<a/>', '<a b="', "'", '</', '/>', '<?', '?>', '<imdn xmlns="urn:ietf:params:xml:ns:imdn">',
  '<message-id>', '<datetime>', '<delivery-notification>', '<status>', '<delivered/>', '<displayed/>', '<failed/>', '<error/>', '<forbidden/>',
  '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">', '<state>active</state>', '<refresh>', '__proto__', 'constructor', 'prototype',
]
