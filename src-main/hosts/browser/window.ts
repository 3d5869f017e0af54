import { spawn } from 'node:child_process'

type Command = [file: string, ...args: string[]]

export interface WindowOptions {
  url: string
  /** The Chromium to open an app window with; without one the system's own browser is asked. */
  chromium: string | undefined
  /** Its profile, apart from the person's own: no extension reads along. */
  profile: string
  platform: string
  isRoot: boolean
}

/** Whether a window can be seen at all. */
export const hasDisplay = (platform: string, env: Readonly<Record<string, string | undefined>>): boolean =>
  platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])

/** The program by which the system opens a link in whatever the person has chosen for it. */
export function openerCommand(url: string, platform: string): Command {
  if (platform === 'darwin') return ['open', url]
  if (platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler', url]
  return ['xdg-open', url]
}

/** The program and its arguments that open the app's window. */
export function windowCommand({ url, chromium, profile, platform, isRoot }: WindowOptions): Command {
  if (!chromium) return openerCommand(url, platform)
  // A snap may not read hidden folders, so it keeps its own profile.
  const own = chromium.startsWith('/snap/') ? [] : [`--user-data-dir=${profile}`]
  const flags = [`--app=${url}`, ...own, '--no-first-run', '--no-default-browser-check', '--window-size=1280,800']
  return [chromium, ...flags, ...(isRoot ? ['--no-sandbox'] : [])]
}

/** Starts a program that goes on without us. @throws when it is not there */
export function startApart([file, ...args]: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { detached: true, stdio: 'ignore' })
    child.once('error', reject)
    child.once('spawn', () => {
      child.unref()
      resolve()
    })
  })
}
