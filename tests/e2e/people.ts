import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { folder, run, type Running } from './yanxin'

/** The program of one of a relay's people (`startRelay`), signed in. */
export const startPerson = (name: string, relay: string, data = join(folder(), name)): Promise<Running> =>
  run('browser.js', ['--no-open', '--data', data, '--account', `${name}@home.test`, '--relay', relay], { YANXIN_PASSWORD: `${name}-secret` })

/** Opens a conversation as a person does, ready to be written in. */
export async function talkTo(page: Page, to: string): Promise<void> {
  await page.getByRole('button', { name: 'New conversation' }).first().click()
  await page.getByLabel('Number or address').fill(to)
  await page.getByRole('button', { name: 'Open conversation' }).click()
  await page.getByRole('textbox', { name: /^Message to/ }).waitFor()
}

/** Writes it, or nothing where there is something else to send, and sends it. */
export async function say(page: Page, text = ''): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^Message to/ })
  await composer.fill(text)
  await composer.press('Enter')
}
