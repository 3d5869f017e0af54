/** What a person chose, dropped or pasted. */
export interface Chosen {
  files: File[]
  /** Names of folders among it, which cannot be sent. */
  folders: string[]
}

/** Whether files are what is dragged. */
export const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') === true

/** What was dropped; read at once, because after the event the browser forgets it. */
export function dropped(data: DataTransfer): Chosen {
  const chosen: Chosen = { files: [], folders: [] }
  for (const item of data.items) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry()
    const file = item.getAsFile()
    if (entry?.isDirectory) chosen.folders.push(entry.name)
    else if (file) chosen.files.push(file)
  }
  return chosen
}

/**
 * What was pasted, undefined where it is words: a table or a paragraph of an office program brings a picture of itself too.
 * @param name what a picture that never was a file is called
 */
export function pasted(data: DataTransfer, name: string): Chosen | undefined {
  if (!hasFiles(data) || data.types.includes('text/plain')) return undefined
  const { files, folders } = dropped(data)
  if (files.length + folders.length === 0) return undefined
  const isBare = (file: File) => /^image\.(png|jpe?g|gif|webp|bmp)$/i.test(file.name)
  return { folders, files: files.map((file) => (isBare(file) ? new File([file], `${name}.${file.name.split('.').at(-1)!}`, { type: file.type }) : file)) }
}

/** A file's name as it may go out: no path, no control or direction characters, at most 120 characters, its ending kept. */
export function safeName(name: string): string {
  const clean = name.split(/[\\/]/).at(-1)!.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim()
  const [, stem = '', ending = ''] = /^(.*?)(\.[^.]{1,12})?$/su.exec(clean) ?? []
  const short = [...stem].slice(0, 120 - [...ending].length).join('').trim()
  return short || ending ? `${short || 'file'}${ending}` : 'file'
}

/** The same name with another ending. */
export const renamed = (name: string, ending: string): string => `${name.replace(/\.[^.]{1,12}$/u, '')}.${ending}`

/** `20260512-152430`: when something was made that has no name of its own, in local time. */
export function stamp(at: number): string {
  const time = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`
}
