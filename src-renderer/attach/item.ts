import { fileKind, type FileKind } from '../../src-main/contract/files'
import type { FileToSend, MadeFile } from '../state'
import { renamed } from './chosen'
import type { PictureHead, PictureLooks, PictureWish, MadePicture } from './work'
import type { Film } from './work/film'

/** Something about a file that its sender should know: it goes as a file, is not shown here, or goes with all that is in it. */
export type Note = 'huge' | 'not-shown' | 'untouched'

// looking --head read--> known --drawn, if it is a picture or film--> ready;  any --not readable--> (gone, said)
/** A file in the tray. */
export interface TrayItem {
  key: string
  file: File
  /** As it goes out. */
  name: string
  at: 'looking' | 'known' | 'ready'
  /** Absent for what is no picture. */
  head?: PictureHead
  looks?: Pick<PictureLooks, 'thumbnail' | 'preview'>
  /** Of the preview: the bubble shows the same, which then is decoded already. */
  url?: string
  width?: number
  height?: number
  /** ms */
  duration?: number
  isVoice?: true
  wish: PictureWish
  /** As it goes out by its wish, once that is known. */
  made?: { size: number; width: number; height: number }
  notes: readonly Note[]
}

/** Whether a picture of this type can be made anew here: smaller, or without what it says of itself. */
export const isRemade = (type: string): boolean => /^image\/(?:jpeg|png|webp)$/.test(type)

/** Types by name or sniffing that carry a place which is not taken out. */
const carriesPlace = /^(?:video\/|image\/(?:heic|heif|avif|tiff))/

/** The type as it goes out: what the head says, else what the name says, where that is not contradicted. */
export function typeOf({ file, head, at }: Pick<TrayItem, 'file' | 'head' | 'at'>): string {
  const other = 'application/octet-stream'
  const named = file.type.split(';')[0]!.trim().toLowerCase()
  if (head) return head.isHuge ? other : head.type
  if (!/^[a-z0-9][\w.+-]*\/[\w.+-]+$/.test(named)) return other
  // Called a picture of a kind that is known here, and it is none.
  return at !== 'looking' && /^image\/(?:jpeg|png|gif|webp)$/.test(named) ? other : named
}

export const kindOf = (item: TrayItem): FileKind => fileKind({ contentType: typeOf(item) })

/** What is to be said of a file once its head was read. */
export function notesOf({ file, head }: Pick<TrayItem, 'file' | 'head'>): Note[] {
  const named = file.type.toLowerCase()
  if (head?.isHuge) return head.canStrip ? ['huge'] : ['huge', 'untouched']
  if (head) return head.canStrip ? [] : ['untouched']
  // A picture that is too large to be read, or whose head is broken, goes with all that is in it.
  return carriesPlace.test(named) || isRemade(named) ? ['untouched'] : []
}

export const withLooks = (item: TrayItem, looks: PictureLooks | null): TrayItem =>
  looks ? { ...item, at: 'ready', width: looks.width, height: looks.height, looks, url: URL.createObjectURL(looks.preview) }
    : { ...item, at: 'ready', notes: [...item.notes, 'not-shown'] }

export function withFilm(item: TrayItem, { duration, width, height, thumbnail, preview }: Film): TrayItem {
  return {
    ...item, at: 'ready', ...(duration !== undefined && { duration }),
    ...(width !== undefined && height !== undefined && { width, height }),
    ...(thumbnail && preview && { looks: { thumbnail, preview }, url: URL.createObjectURL(preview) }),
  }
}

/**
 * What the outbox needs of a file in the tray.
 * @param settled the item when everything about it is known
 * @param make its bytes by its wish; null where they stay as they are
 */
export function toSend(item: TrayItem, settled: Promise<TrayItem | undefined>, make: (item: TrayItem) => Promise<MadePicture | null>): FileToSend {
  return {
    file: item.file,
    view: { ...aboutOf(item), size: item.made?.size ?? item.file.size, hash: '' },
    // Before it was drawn small the file itself shows what it is, unless that would take too much.
    picture: item.url ?? (item.at === 'known' && item.head?.type !== 'image/heic' ? URL.createObjectURL(item.file) : undefined),
    async make(): Promise<MadeFile> {
      const last = await settled ?? item
      const known = { ...last, wish: item.at === 'looking' ? last.wish : item.wish }
      const made = known.head ? await make(known) : null
      const about = { ...aboutOf(known), ...(made && !known.head?.isHuge && { name: nameAs(known, made.type), contentType: made.type, width: made.width, height: made.height }) }
      return { blob: made?.blob ?? known.file, about, thumbnail: known.looks?.thumbnail }
    },
  }
}

const endings: Record<string, string> = { 'image/jpeg': 'jpg', 'image/png': 'png' }
const nameAs = ({ name, head }: TrayItem, type: string) => (type !== head?.type && endings[type] ? renamed(name, endings[type]) : name)

function aboutOf(item: TrayItem): MadeFile['about'] {
  const { name, width, height, duration, isVoice, head } = item
  const isShown = width !== undefined && height !== undefined && !head?.isHuge
  return {
    name, contentType: typeOf(item), ...(isShown && { width, height }), ...(duration !== undefined && { duration }), ...(isVoice && { isVoice }),
  }
}
