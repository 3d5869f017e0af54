import { makeCommands } from '../../../src-main/api'
import type { App } from '../../../src-main/app'
import type { AppWindow } from '../../../src-main/app/windows'
import { silentLog } from '../../../src-main/base/log'
import { serveBridge } from '../../../src-main/hosts/serve-bridge'
import type { Target } from '../target'

// Everything that a checked command may reach answers nothing: what is tried here is the door.
const reached: unknown = new Proxy(() => undefined, { get: (_, name) => (name === 'then' ? undefined : reached), apply: () => undefined })

const call = (name: string, ...args: unknown[]): Uint8Array => Buffer.from(JSON.stringify([{ m: name, a: args, i: 'x1', t: 'q' }]))

/** Frames from a window: what is not of the contract ends the line, what is not as promised is a fault, nothing else happens. */
export const bridge: Target = {
  seeds: () => [
    call('state'), call('send', 'sip:bob@lab.test', 'abcdefgh', '你好'), call('changes', 0, 500), call('search', { text: '你', limit: 5 }),
    call('signIn', { address: 'a@b', password: 'p', relay: 'sip:127.0.0.1' }), call('looking', { focused: true, language: 'zh' }),
    call('saveSettings', { theme: 'dark' }), call('markRead', 'tel:+8613800138000', 3),
  ],
  dictionary: [
    '{', '}', '[', ']', ',', '"m":"', '"a":', '"i":', '"t":"q"', '"t":"s"', '"r":', '"e":', 'null', 'true', '1e999', '-0', '"__proto__":', '"constructor"', '"toString"',
    '"send"', '"state"', '"changes"', '"filling"', '"openExternal"', '"javascript:alert(1)"', '"sip:a@b"', '\\u0000', '\\ud800',
  ],
  async run(input) {
    let frame: unknown
    try {
      frame = JSON.parse(Buffer.from(input).toString())
    } catch {
      return
    }
    let ours: unknown
    let onFrame: (frame: unknown) => void = () => {}
    const answers: unknown[] = []
    serveBridge({
      channel: {
        post: (messages) => void answers.push(...messages),
        onFrame: (heard) => void (onFrame = heard as typeof onFrame),
        onClose: () => {},
        close: () => {},
      } as Parameters<typeof serveBridge>[0]['channel'],
      join: () => ({ commands: makeCommands(reached as App, reached as AppWindow), leave() {} }),
      log: { ...silentLog, error: (fields: unknown) => void (ours ??= fields) },
    })
    onFrame(frame)
    await new Promise((resolve) => setImmediate(resolve))
    if (ours !== undefined) throw new Error(`an error of our own: ${JSON.stringify(ours, Object.getOwnPropertyNames(ours))} ${String((ours as { err?: Error }).err?.stack)}`)
    JSON.stringify(answers)
  },
}
