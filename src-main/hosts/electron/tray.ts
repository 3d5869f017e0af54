import { Menu, nativeImage, Tray } from 'electron'

const words = {
  en: { open: 'Open Yanxin', quit: 'Quit', unread: (n: number) => `Yanxin: ${n} unread` },
  zh: { open: '打开雁信', quit: '退出', unread: (n: number) => `雁信：${n} 条未读` },
}

export interface TrayOptions {
  icon: string
  language: 'zh' | 'en'
  open(): void
  quit(): void
}

/** The icon by which a closed window is found again. */
export function makeTray({ icon, language, open, quit }: TrayOptions): { unread(total: number): void } {
  const tray = new Tray(nativeImage.createFromPath(icon).resize({ width: 18, height: 18 }))
  const text = words[language]
  tray.setContextMenu(Menu.buildFromTemplate([{ label: text.open, click: open }, { type: 'separator' }, { label: text.quit, click: quit }]))
  tray.on('click', open)
  tray.setToolTip('Yanxin')
  return { unread: (total) => tray.setToolTip(total > 0 ? text.unread(total) : 'Yanxin') }
}
