import type { JobView } from '../../../src-main/contract/jobs'
import type { FileView, Transfer } from '../../../src-main/contract/message'
import type { Said } from './world'

const PHOTOS = 'sip:photos@yan.example'

const picture = (hash: string, change: Partial<FileView> = {}): FileView => {
  const [width, height] = hash.endsWith('t') ? [3_024, 4_032] : hash.endsWith('w') ? [4_800, 1_200] : [4_032, 2_646]
  return { name: `IMG_20260512_${hash}.jpg`, contentType: 'image/jpeg', size: 2_480_000, hash, width, height, ...change }
}
const thumbnail = (hash: string) => ({ hash, contentType: 'image/jpeg', size: 18_000 })
/** Not here yet, or not there yet. */
const moving = (transfer: Transfer, hash: string, change: Partial<FileView> = {}): FileView =>
  picture(transfer.way === 'up' ? hash : '', { name: `IMG_20260512_${hash}.jpg`, thumbnail: thumbnail(hash), transfer, ...change })

/** Files of every kind, on every stretch of their way. */
export function sentFiles(language: 'zh' | 'en'): Said[] {
  const zh = language === 'zh'
  const film: FileView = { name: 'VID_20260512_0907.mp4', contentType: 'video/mp4', size: 18_400_000, hash: 'c1', width: 1_920, height: 1_080, duration: 42_000, thumbnail: thumbnail('c1') }
  const voice: FileView = { name: 'voice.webm', contentType: 'audio/webm', size: 41_000, hash: '51', duration: 7_000, isVoice: true }
  const pdf: FileView = { name: zh ? '与新加坡办事处的合同（最终版 3）.pdf' : 'Contract with the office in Singapore, final version 3.pdf', contentType: 'application/pdf', size: 1_240_000, hash: 'ab' }
  const files = (list: FileView[], text?: string) => ({ kind: 'files' as const, files: list, ...(text && { text }) })
  return [
    [false, 200, files([picture('28')], zh ? '西湖今天真美' : 'West Lake is beautiful today')],
    [true, 199, files([picture('9ct')])],
    [false, 198, files([picture('3cw')])],
    [false, 190, files([picture('20'), picture('46t')])],
    [true, 189, files([picture('70'), picture('82t'), picture('a6')])],
    [false, 188, files(['14', '3at', '64', '7c', '9e', 'b0', 'c4', 'd8', '1c'].map((hash) => picture(hash)), zh ? '昨天拍的' : 'From yesterday')],
    [false, 180, files([film])],
    [true, 170, files([voice])],
    [false, 169, files([{ ...voice, hash: '5e' }])],
    [false, 160, files([pdf])],
    [false, 159, files([{ ...pdf, name: 'IMG_0042.HEIC', contentType: 'image/heic', size: 1_900_000 }, picture('f0', { name: 'map-of-the-world-50000px.png', contentType: 'image/png', size: 88_000_000, width: 50_000, height: 50_000 })])],
    [true, 90, files([moving({ way: 'up', at: 'waiting' }, '36')]), 'queued'],
    [true, 80, files([moving({ way: 'up', at: 'paused' }, 'd2t', {})]), 'queued'],
    [true, 70, files([{ ...pdf, transfer: { way: 'up', at: 'failed', fault: { code: 'quota-reached' } } }]), 'queued'],
    [false, 60, files([moving({ way: 'down', at: 'offered' }, '62', { size: 48_200_000 })])],
    [false, 50, files([{ ...film, hash: '', transfer: { way: 'down', at: 'waiting' } }])],
    [false, 40, files([{ ...pdf, hash: '', transfer: { way: 'down', at: 'failed', fault: { code: 'file-gone' } } }])],
    [false, 30, files([{ ...pdf, name: 'archive.zip', size: 820_000_000, hash: '', transfer: { way: 'down', at: 'waiting' } }])],
  ]
}

const job = (place: number, change: Partial<JobView>): JobView => ({
  id: `job-${place}`, kind: 'upload', at: 'running', done: 0, total: 1, unit: 'bytes', startedAt: 0,
  detail: { conversation: PHOTOS, message: `sent-file-${place}`, file: 0, name: 'x' }, ...change,
})
/** What is on its way just now, `more` bytes further. */
export const fileJobs = (more: number): JobView[] => [
  job(11, { done: 1_100_000 + more, total: 2_480_000 }),
  job(15, { kind: 'download', done: 6_300_000 + more, total: 18_400_000 }),
  job(17, { kind: 'download', done: 311_000_000 + more, total: 820_000_000 }),
]
