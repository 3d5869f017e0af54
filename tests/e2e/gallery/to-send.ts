import type { Page } from 'playwright-core'

/** A file as a person has it on their disk; a picture is drawn in the page. */
export interface ToSend {
  name: string
  type: string
  /** Of a picture that is drawn, in pixels. */
  drawn?: readonly [width: number, height: number]
  /** Its bytes; of a drawn one, the JPEG segment after its SOI. */
  bytes?: readonly number[]
  /** How many bytes of nothing come after. */
  filled?: number
}

const exif = (entries: number[]) => [0xff, 0xe1, 0, entries.length + 8, ...[...'Exif\0\0'].map((char) => char.charCodeAt(0)), ...entries]
/** EXIF that says: lies on its side, and was taken at 31 degrees north. */
export const placed = exif([
  0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0,
  0, 1, 0, 2, 0, 5, 0, 0, 0, 3, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 31, 0, 0, 0, 1, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1,
])

/** Drops files on what a selector names, as another program would; `until` it stops at being over it. */
export async function drop(page: Page, selector: string, files: readonly ToSend[], until: 'over' | 'dropped' = 'dropped'): Promise<void> {
  await page.locator(selector).evaluate(async (element, [list, end]) => {
    const data = new DataTransfer()
    for (const { name, type, drawn, bytes = [], filled = 0 } of list) {
      const parts: BlobPart[] = []
      if (drawn) {
        const [width, height] = drawn
        const canvas = Object.assign(document.createElement('canvas'), { width, height })
        const paint = canvas.getContext('2d')!
        const sky = paint.createLinearGradient(0, 0, width, height)
        const hue = 160 + (data.items.length * 47) % 200
        sky.addColorStop(0, `hsl(${hue} 60% 45%)`)
        sky.addColorStop(1, `hsl(${hue + 70} 80% 82%)`)
        paint.fillStyle = sky
        paint.fillRect(0, 0, width, height)
        for (let hill = 0; hill < 4; hill++) {
          paint.fillStyle = `hsl(${hue + 60} 30% ${46 - hill * 10}%)`
          paint.beginPath()
          paint.moveTo(0, height)
          for (let x = 0; x <= width; x += width / 80) paint.lineTo(x, height * (0.5 + hill * 0.13) + Math.sin(x / width * (9 - hill) + hill * 2) * height * 0.06)
          paint.lineTo(width, height)
          paint.fill()
        }
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.95))
        parts.push(blob!.slice(0, 2), new Uint8Array(bytes), blob!.slice(2))
      } else parts.push(new Uint8Array(bytes))
      if (filled) parts.push(new Uint8Array(filled))
      data.items.add(new File(parts, name, { type }))
    }
    const send = (kind: string) => element.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }))
    send('dragenter')
    send('dragover')
    if (end === 'dropped') send('drop')
  }, [files, until] as const)
}
