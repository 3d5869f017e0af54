import { describe, expect, it } from 'vitest'
import { allowedUrl } from '../../src-main/base/allow-list'

describe('allowedUrl', () => {
  it.each([
    ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
    ['HTTPS://Example.com', 'https://example.com/'],
    ['https://例子.测试/路', 'https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF'],
    ['mailto:mei@example.com', 'mailto:mei@example.com'],
    ['tel:+8613800000001', 'tel:+8613800000001'],
    ['sip:lan@example.com', 'sip:lan@example.com'],
    ['geo:39.9,116.4', 'geo:39.9,116.4'],
  ])('lets %s out', (text, opened) => expect(allowedUrl(text)).toBe(opened))

  it.each([
    'javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'vbscript:x', 'smb://host/share', 'ms-settings:', 'blob:x',
    'https://mei:secret@example.com/', 'https://bank.example@evil.example/', 'https://', 'https:///x', 'tel:', 'sip://evil',
    ' https://example.com', 'https://exa mple.com', 'https://example.com/\n', 'java\tscript:alert(1)', 'example.com', '',
    `https://example.com/${'a'.repeat(3_000)}`, 'https://example.com\\@evil.example',
  ])('keeps %j in', (text) => expect(allowedUrl(text)).toBeUndefined())
})
