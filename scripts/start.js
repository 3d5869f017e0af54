// `npm start`: the app, from a fresh clone on. Flags stand after `--`; design.md, *Commands*.
import './setup/oldest.js'
import { join } from 'node:path'
import { fetchElectron, noElectronBecause } from './setup/electron.js'
import { out, root } from './setup/paths.js'
import { prepare } from './setup/prepare.js'
import { run } from './setup/run.js'
import { main, say } from './setup/say.js'

/** Flags that only the browser host understands, so asking for one asks for it. @param {string[]} args */
const wantsBrowser = (args) => args.some((arg) => /^--(browser|no-open|port|new-token)(=|$)/.test(arg))

/** Exit codes by which the app itself says in a sentence what is wrong; another host would only say it again. */
const said = new Set([0, 1, 2, 3, 130, 143])

/** @param {string[]} args @returns {Promise<number | undefined>} the exit code, or nothing when Electron did not start */
async function startElectron(args) {
  const because = noElectronBecause()
  const electron = because ? undefined : await fetchElectron()
  if (!electron) {
    say(`Opening in a browser window, because ${because ?? 'the Electron binary is not here'}.`)
    return undefined
  }
  let ready = false
  const code = await run(electron, [root, ...args], { watch: (text) => { ready ||= text.includes('Yanxin ready: ') } }).catch(() => 127)
  if (ready || said.has(code)) return code
  say(`Electron did not start (exit code ${code}); opening in a browser window instead.`)
  return undefined
}

const help = `npm start -- [flags]
  --demo                            signed in at once, with a chatbot to talk to
  --account ADDRESS --relay URI     signs in; the password comes from YANXIN_PASSWORD
  --files URI                       the content server for files, where the registrar names none
  --ca FILE                         trusts these certificates besides the system's (PEM)
  --data DIR                        where everything is kept
  --browser                         in a browser window, even where Electron is
  --no-open                         only prints the link to the window
  --port N                          the browser window's port; 0 picks one
  --new-token                       every earlier link becomes worthless`

await main(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(help)
    return 0
  }
  const { node, env } = await prepare({ build: true })
  if (!wantsBrowser(args)) {
    const code = await startElectron(args)
    if (code !== undefined) return code
  }
  return run(node, [join(out, 'main/browser.js'), ...args], { env, ipc: true })
})
