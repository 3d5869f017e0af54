/** What means something in SIP and in what rides inside. */
export const sipWords = [
  '\r\n', '\n', '\r\n\r\n', 'SIP/2.0', 'SIP/2.0 200 OK\r\n', 'MESSAGE sip:a@b SIP/2.0\r\n', 'Via: SIP/2.0/TCP a;branch=z9hG4bK1\r\n', 'v: ', 'f: ',
  't: ', 'i: ', 'm: *\r\n', 'l: 0\r\n', 'Content-Length: 5\r\n', 'Content-Length: ', 'CSeq: 1 MESSAGE\r\n', 'Max-Forwards: 0\r\n', 'Expires: 0\r\n',
  'Route: <sip:x;lr>\r\n', 'Contact: <sip:a@b>;expires=0\r\n', 'Authorization: Digest ', 'nonce="', 'response="', 'qop=auth', 'nc=00000001',
  'Content-Encoding: deflate\r\n', 'Content-Type: message/cpim\r\n', ';tag=', ';branch=z9hG4bK', ';received=', ';rport', '<sip:', '>', '<', '"', '\\"',
  ',', ';', ':', '?', '@', '%00', '%41', '[::1]', '[', ']', 'sips:', 'tel:+', ' \r\n ', '\t',
]
export const msrpWords = [
  '\r\n', 'MSRP ', 'MSRP ab12 SEND\r\n', 'MSRP ab12 REPORT\r\n', 'MSRP ab12 200 OK\r\n', 'To-Path: msrp://a.test:1/b;tcp\r\n', 'From-Path: msrp://c.test:1/d;tcp\r\n',
  'Message-ID: m1\r\n', 'Byte-Range: 1-*/*\r\n', 'Byte-Range: 1-3/9\r\n', 'Byte-Range: 4-9/9\r\n', '999999999999999', 'Success-Report: yes\r\n', 'Failure-Report: partial\r\n',
  'Failure-Report: no\r\n', 'Content-Type: text/plain\r\n\r\n', 'Status: 000 200 OK\r\n', '\r\n-------ab12$\r\n', '-------ab12+\r\n', '#\r\n', '-------', 'msrps://', ';tcp', '*', '/', '-',
  'm=message 9 TCP/TLS/MSRP *\r\n', 'c=IN IP4 192.0.2.1\r\n', 'a=path:msrp://a.test:1/b;tcp\r\n', 'a=setup:actpass\r\n', 'a=accept-types:*\r\n', 'a=fingerprint:SHA-256 AB:CD\r\n', 'a=max-size:9\r\n',
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
