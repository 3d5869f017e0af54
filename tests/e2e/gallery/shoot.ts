import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { chromiumFlags, findChromium } from '../../fakes/chromium'
import { cardScenes } from './card-scenes'
import { groupScenes } from './group-scenes'
import { scenes } from './scenes'
import { serveGallery } from './serve'

// SHOTS=folder ONLY=scene,scene LOOKS=zh-light,en-dark SIZES=1280x800,200 node -e "import('vite').then((v) => v.runnerImport('./tests/e2e/gallery/shoot.ts'))"
const { env } = process
const folder = resolve(env['SHOTS'] ?? 'tests/.artifacts/shots')
const only = env['ONLY']?.split(',')
const looks = (env['LOOKS'] ?? 'zh-light,zh-dark,en-light,en-dark').split(',')
const sizes = (env['SIZES'] ?? '1280x800,900x600,480x800,200').split(',')

await mkdir(folder, { recursive: true })
const gallery = await serveGallery()
const browser = await chromium.launch({ executablePath: findChromium()!, args: chromiumFlags })
let count = 0
for (const size of sizes) {
  // 200 % text: what a zoom to 200 % leaves of 1280 by 800.
  const [width, height] = size === '200' ? [640, 400] : size.split('x').map(Number)
  for (const look of looks) {
    const [lang, theme] = look.split('-')
    const context = await browser.newContext({
      viewport: { width: width!, height: height! }, deviceScaleFactor: size === '200' ? 2 : 1, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', colorScheme: theme as 'light' | 'dark', timezoneId: 'Asia/Shanghai',
    })
    for (const scene of [...scenes, ...groupScenes, ...cardScenes]) {
      if (only && !only.includes(scene.name)) continue
      const page = await context.newPage()
      page.on('console', (message) => message.type() === 'error' && console.log(`${scene.name} ${look} ${size}: ${message.text()}`))
      page.on('pageerror', (error) => console.log(`${scene.name} ${look} ${size}: ${error.stack}`))
      page.setDefaultTimeout(6_000)
      await page.goto(`${gallery.url}?lang=${lang}&theme=${theme}&${scene.query ?? ''}`)
      await page.waitForTimeout(150)
      await scene.steps?.(page).catch((error: Error) => console.log(`${scene.name} ${look} ${size}: ${error.message.split('\n')[0]}`))
      await page.waitForTimeout(120)
      await page.screenshot({ path: `${folder}/${scene.name}.${look}.${size}.png` })
      count++
      await page.close()
    }
    await context.close()
  }
}
await browser.close()
await gallery.stop()
console.log(`${count} pictures in ${folder}`)
