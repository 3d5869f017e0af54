import { Menu } from 'electron'

/** macOS needs a menu for copy, paste and quit to have keys; elsewhere the page has keys of its own and the menu is none. */
export function setMenu(platform: string): void {
  Menu.setApplicationMenu(platform === 'darwin' ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]) : null)
}
