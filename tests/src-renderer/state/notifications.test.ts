import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useApp } from '../../../src-renderer/state/app'
import { useNotifications } from '../../../src-renderer/state/notifications'
import { mei, openWorld } from './world'

/** What the browser was asked to show. */
let shown: FakeNotification[] = []
class FakeNotification {
  static permission = 'granted'
  static requestPermission = async () => (FakeNotification.permission = 'granted')
  onclick = () => {}
  close = vi.fn()
  constructor(readonly title: string, readonly options: { body: string; tag: string }) {
    shown.push(this)
  }
}

beforeEach(() => {
  shown = []
  FakeNotification.permission = 'granted'
  vi.stubGlobal('Notification', FakeNotification)
  vi.stubGlobal('window', { focus: vi.fn() })
})
afterEach(() => void vi.unstubAllGlobals())

const notice = { conversation: mei, title: '小梅', body: '新消息' }

it('notifies while the window is not in front, with the words that main gave', async () => {
  const world = await openWorld()
  world.use(() => useNotifications())
  world.notices.emit('notify', notice)
  expect(shown).toHaveLength(0)
  world.focused.value = false
  world.notices.emit('notify', notice)
  expect(shown).toMatchObject([{ title: '小梅', options: { body: '新消息', tag: `yanxin ${mei}` } }])
})

it('opens the conversation of the notification that was clicked', async () => {
  const world = await openWorld()
  const opened: string[] = []
  world.use(() => ({ ...useNotifications(), listening: useApp().onShow((conversation) => void opened.push(conversation)) }))
  world.focused.value = false
  world.notices.emit('notify', notice)
  shown[0]!.onclick()
  expect(opened).toEqual([mei])
  expect(window.focus).toHaveBeenCalled()
})

it('shows nothing before the person has allowed it', async () => {
  FakeNotification.permission = 'default'
  const world = await openWorld()
  const { permission, ask } = world.use(() => useNotifications())
  world.focused.value = false
  world.notices.emit('notify', notice)
  expect(shown).toHaveLength(0)
  await ask()
  expect(permission.value).toBe('granted')
  world.notices.emit('notify', notice)
  expect(shown).toHaveLength(1)
})
