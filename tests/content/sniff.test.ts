import { describe, expect, it } from 'vitest'
import { safeType } from '../../src-main/content/sniff'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const ftyp = (brand: string) => bytes(`\0\0\0\x20ftyp${brand}\0\0\0\0isomiso2`)

describe('what a file is', () => {
  it.each<[string, Buffer, string]>([
    ['PNG', bytes('\x89PNG\r\n\x1a\n\0\0'), 'image/png'],
    ['JPEG', bytes('\xff\xd8\xff\xe0'), 'image/jpeg'],
    ['MP4', ftyp('isom'), 'video/mp4'],
    ['M4A, as a telephone records a voice', ftyp('M4A '), 'audio/mp4'],
    ['3GP', ftyp('3gp5'), 'video/3gpp'],
    ['WebM', bytes('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm'), 'video/webm'],
    ['Ogg with Opus', bytes(`OggS${'\0'.repeat(24)}OpusHead`), 'audio/ogg'],
    ['Ogg with Theora', bytes(`OggS${'\0'.repeat(24)}\x80theora`), 'video/ogg'],
    ['WAV', bytes('RIFF\0\0\0\0WAVEfmt '), 'audio/wav'],
    ['MP3 with tags', bytes('ID3\x03\0\0'), 'audio/mpeg'],
    ['MP3 without', bytes('\xff\xfb\x90\x64'), 'audio/mpeg'],
    ['AAC', bytes('\xff\xf1\x50\x80'), 'audio/aac'],
    ['AMR', bytes('#!AMR\n'), 'audio/amr'],
  ])('%s', (_name, begin, type) => expect(safeType(begin)).toBe(type))

  it.each<[string, Buffer]>([
    ['HTML', bytes('<!doctype html><script>')],
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
    ['HEIC', ftyp('heic')],
    ['Matroska that is no WebM', bytes('\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska')],
    ['UTF-16', bytes('\xff\xfe<\0h\0')],
    ['PDF', bytes('%PDF-1.7')],
    ['nothing', bytes('')],
    ['one byte', bytes('\xff')],
  ])('%s is nothing that a page is handed', (_name, begin) => expect(safeType(begin)).toBeUndefined())
})
