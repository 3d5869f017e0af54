import type { Addressee, CampaignCommands, CampaignCounts, CampaignState, CampaignView, Enclosed, ListView, RecipientFilter, RecipientView } from '../../../src-main/contract/campaign'
import { NOW } from './world'

const given = { zh: ['王伟', '李娜', '张敏', '刘洋', '陈静', '杨帆', '赵磊', '黄丽', '周杰', '吴霞', '欧阳震华', '司马相如'], en: ['Mei Wang', 'Lan Chen', 'Wei Zhang', 'Yun Li', 'Alexander Featherstonehaugh-Cholmondeley', 'Zoe Park', 'Tom', 'Priya Raman'] }
const seats = ['12A', '7C', '3F', '22B']

export const guest = (i: number, language: 'zh' | 'en'): Addressee => ({
  address: i % 7 === 3 ? `sip:guest.${i}@partner.example` : `tel:+86138${String(10_000_000 + i * 7_919).slice(-8)}`,
  fields: { name: i % 11 === 5 ? '' : given[language][i % given[language].length]!, [language === 'zh' ? '座位' : 'seat']: seats[i % seats.length]! },
})

const words = {
  zh: '{姓名|您好}，元宵节快乐！\n周六晚六点在老地方聚餐，您的座位是{座位}。能来的话，回个信。',
  en: 'Dear {name|friend}, happy Lantern Festival!\nDinner is on Saturday at six; your seat is {seat}. Let me know if you can come.',
}

/** What stands in a gallery's journal of messages to many: `running`, `stopped`, `failed`, `uploading`, `not-up` or `files` is the first of them. */
export function campaignCommands(language: 'zh' | 'en', which: string | undefined): CampaignCommands {
  const view = (id: string, days: number, state: CampaignState, counts: Partial<CampaignCounts>, perMinute = 0): CampaignView => ({
    id, words: words[language], createdAt: NOW - days * 86_400_000 - 600_000, perMinute, state,
    counts: { total: 0, waiting: 0, queued: 0, sent: 0, delivered: 0, displayed: 0, failed: 0, ...counts },
  })
  const picture = { name: 'IMG_20260512_28.jpg', contentType: 'image/jpeg', size: 2_480_000, hash: '28', width: 4_032, height: 2_646, thumbnail: { hash: '28', contentType: 'image/jpeg', size: 18_000 } }
  const film = { name: language === 'zh' ? '元宵晚会.mp4' : 'Lantern evening.mp4', contentType: 'video/mp4', size: 18_400_000, hash: 'c1', duration: 42_000, thumbnail: { hash: 'c1', contentType: 'image/jpeg', size: 18_000 } }
  const remote = { url: 'https://ft.yan.example/d/1' }
  const place = { latitude: 30.2489, longitude: 120.1508, label: language === 'zh' ? '楼外楼，孤山路 30 号' : 'Louwailou, 30 Gushan Road' }
  const withFiles: Record<string, Enclosed> = {
    uploading: { files: [{ ...picture, remote }, { ...film, transfer: { way: 'up', at: 'waiting' } }], location: place },
    'not-up': { files: [{ ...picture, remote }, { ...film, transfer: { way: 'up', at: 'failed', fault: { code: 'quota-reached' } } }], location: place },
    files: { files: [{ ...picture, remote }, { ...film, remote }], location: place },
  }
  const all: CampaignView[] = which === undefined ? [] : [
    withFiles[which] ? { ...view('now', 0, which === 'uploading' ? 'running' : which === 'files' ? 'done' : 'stopped', which === 'files' ? { total: 312, sent: 41, delivered: 148, displayed: 116, failed: 7 } : { total: 312, waiting: 312 }), ...withFiles[which] }
      : which === 'stopped' ? view('now', 0, 'stopped', { total: 10_000, waiting: 5_812, queued: 0, sent: 1_204, delivered: 2_400, displayed: 561, failed: 23 })
      : which === 'failed' ? view('now', 0, 'done', { total: 312, sent: 41, delivered: 148, displayed: 116, failed: 7 })
        : view('now', 0, 'running', { total: 10_000, waiting: 5_300, queued: 512, sent: 1_204, delivered: 2_400, displayed: 561, failed: 23 }, 600),
    view('feast', 20, 'done', { total: 86, delivered: 12, displayed: 74 }),
    { ...view('note', 41, 'done', { total: 1_240, sent: 3, delivered: 420, displayed: 815, failed: 2 }), words: language === 'zh' ? '本周五大楼停电检修，请提前保存工作。' : 'The building is without power on Friday; please save your work before.' },
  ]
  let lists: ListView[] = which === undefined ? [] : [
    { id: 'family', name: language === 'zh' ? '亲戚朋友' : 'Family and friends', count: 86, changedAt: NOW },
    { id: 'staff', name: language === 'zh' ? '公司全体同事' : 'Everybody at the office', count: 1_240, changedAt: NOW },
  ]
  const of = { all: () => true, failed: (s: string) => s === 'failed', delivered: (s: string) => s === 'delivered' || s === 'displayed', undelivered: (s: string) => s !== 'delivered' && s !== 'displayed' }
  const rowsOf = (id: string, filter: RecipientFilter): RecipientView[] => {
    const { counts } = all.find((one) => one.id === id)!
    const order = (['displayed', 'delivered', 'sent', 'failed', 'queued', 'waiting'] as const).flatMap((status) => Array.from({ length: counts[status] }, () => status))
    return order.map((_, place): RecipientView => ({
      place, status: order[(place * 7_919) % order.length]!, ...guest(place, language),
    })).map((row): RecipientView => (row.status === 'failed' ? { ...row, fault: { code: row.place % 2 ? 'unknown-recipient' : 'refused' } } : row)).filter((row) => of[filter](row.status))
  }
  const drafts = new Map<string, { words: string; total: number; perMinute: number }>()
  return {
    campaigns: async () => all,
    campaign: async (id) => all.find((one) => one.id === id) ?? null,
    campaignBegin: async (id, text, perMinute) => void drafts.set(id, { words: text, total: 0, perMinute }),
    campaignAdd: async (id, from, people) => { drafts.get(id)!.total = from + people.length },
    async campaignStart(id) {
      const draft = drafts.get(id)
      if (draft) all.unshift({ ...view(id, 0, 'running', { total: draft.total, waiting: draft.total }, draft.perMinute), words: draft.words, createdAt: NOW })
      else Object.assign(all.find((one) => one.id === id)!, { state: 'running' })
    },
    campaignStop: async (id) => void Object.assign(all.find((one) => one.id === id)!, { state: 'stopped' }),
    campaignRetry: async () => 7,
    campaignForget: async (id) => void all.splice(all.findIndex((one) => one.id === id), 1),
    recipients: async (id, filter, offset, limit) => rowsOf(id, filter).slice(offset, offset + limit),
    readAddresses: async (typed) => typed.map((text) => {
      const plain = text.normalize('NFKC').replace(/[\s-]/g, '')
      return /^\+?\d+$/.test(plain) ? `tel:${plain}` : plain.includes('@') ? `sip:${plain.replace(/^sip:/, '')}` : `sip:${plain}@yan.example`
    }),
    lists: async () => lists,
    list: async (id, from, limit) => Array.from({ length: lists.find((one) => one.id === id)!.count }, (_, i) => guest(i, language)).slice(from, from + limit),
    listSave: async (id, name, from, members) => void (lists = [...lists.filter((one) => one.id !== id), { id, name, count: from + members.length, changedAt: NOW }]),
    listRename: async (id, name) => void (lists = lists.map((one) => (one.id === id ? { ...one, name } : one))),
    listForget: async (id) => void (lists = lists.filter((one) => one.id !== id)),
  }
}
