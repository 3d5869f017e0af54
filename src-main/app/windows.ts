import type { Notices } from '../contract/calls'

export interface Look {
  focused: boolean
  conversation?: string | undefined
  /** What the window speaks: with the language left to the system, a window may know it better than main. */
  language?: 'zh' | 'en'
}

/** One window, or one tab of the browser host. */
export class AppWindow {
  readonly notices: Notices
  readonly #leave: (window: AppWindow) => void
  readonly #looked: (window: AppWindow) => void
  look: Look = { focused: false }

  constructor(notices: Notices, leave: (window: AppWindow) => void, looked: (window: AppWindow) => void) {
    this.notices = notices
    this.#leave = leave
    this.#looked = looked
  }

  /** Where the window looks now. */
  looking(look: Look): void {
    this.look = look
    if (look.focused) this.#looked(this)
  }

  detach(): void {
    this.#leave(this)
  }
}

/** The windows that are open, the one that was last in front at the end. */
export class Windows {
  #all: AppWindow[] = []

  attach({ notices }: { notices: Notices }): AppWindow {
    const window = new AppWindow(
      notices,
      (gone) => void (this.#all = this.#all.filter((each) => each !== gone)),
      (front) => void (this.#all = [...this.#all.filter((each) => each !== front), front]),
    )
    this.#all = [...this.#all, window]
    return window
  }

  tell(say: (notices: Notices) => void): void {
    for (const { notices } of this.#all) say(notices)
  }

  get last(): AppWindow | undefined {
    return this.#all.at(-1)
  }

  /** True when somebody has the conversation before their eyes. */
  isLookedAt(conversation: string): boolean {
    return this.#all.some(({ look }) => look.focused && look.conversation === conversation)
  }
}
