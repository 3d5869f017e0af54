import * as JsSIP from 'jssip'

/** What the page tells, by name; `tell` is Playwright's. */
export type PageEvent =
  | { event: 'connected' | 'disconnected' | 'registered' | 'unregistered' }
  | { event: 'registration-failed'; cause: string; status: number | undefined }
  | { event: 'received'; from: string; callId: string; contentType: string; body: string }
  | { event: 'answered'; tag: string; status: number; callId: string }
  | { event: 'failed'; tag: string; cause: string; status: number | undefined }

export interface PhoneOptions {
  url: string
  uri: string
  password: string
  /** A device that stays the same from one page to the next. */
  instance: string
}

export interface Phone {
  start(options: PhoneOptions): void
  stop(): void
  send(to: string, contentType: string, body: string, tag: string): void
  /** Whether a WebSocket of these sub-protocols opens from this page. */
  knock(url: string, protocols: string[]): Promise<boolean>
}

declare global {
  interface Window {
    tell(event: PageEvent): void
    phone: Phone
  }
}

let ua: JsSIP.UA

window.phone = {
  start({ url, uri, password, instance }) {
    ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(url)], uri, password, instance_id: instance, register_expires: 600,
      connection_recovery_min_interval: 1, connection_recovery_max_interval: 2,
    })
    ua.on('connected', () => window.tell({ event: 'connected' }))
    ua.on('disconnected', () => window.tell({ event: 'disconnected' }))
    ua.on('registered', () => window.tell({ event: 'registered' }))
    ua.on('unregistered', () => window.tell({ event: 'unregistered' }))
    ua.on('registrationFailed', ({ cause, response }) =>
      window.tell({ event: 'registration-failed', cause: String(cause), status: response?.status_code }))
    ua.on('newMessage', ({ originator, request }: { originator: string; request: Heard }) => {
      if (originator !== 'remote') return
      window.tell({
        event: 'received', from: request.from.uri.toString(), callId: request.call_id,
        contentType: request.getHeader('Content-Type'), body: request.body,
      })
    })
    ua.start()
  },
  stop() {
    ua.stop()
  },
  send(to, contentType, body, tag) {
    const told = (response: { status_code: number; call_id: string } | null) => response?.status_code
    ua.sendMessage(to, body, {
      contentType,
      eventHandlers: {
        succeeded: ({ response }: { response: { status_code: number; call_id: string } }) =>
          window.tell({ event: 'answered', tag, status: response.status_code, callId: response.call_id }),
        failed: ({ cause, response }: { cause: string; response: { status_code: number; call_id: string } | null }) =>
          window.tell({ event: 'failed', tag, cause, status: told(response) }),
      },
    } as never)
  },
  knock: (url, protocols) => new Promise((resolve) => {
    const socket = new WebSocket(url, protocols)
    socket.onopen = () => {
      resolve(true)
      socket.close()
    }
    socket.onerror = () => resolve(false)
  }),
}

/** What of JsSIP's request is read here; its own types say less than it does. */
interface Heard {
  from: { uri: { toString(): string } }
  call_id: string
  body: string
  getHeader(name: string): string
}
