import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault } from '../../base/faults'
import type { Clock } from '../../base/clock'
import type { Log } from '../../base/log'
import type { FaultCode } from '../../contract/faults'
import type { Dialect } from './dialect'
import { BotExchange, refusalOf } from './exchange'

/** Where bots come in: which request is whose dialect. */
export class Door {
  readonly #dialects: readonly Dialect[]
  readonly #clock: Clock
  readonly #log: Log
  readonly refused = new Map<FaultCode, number>()
  #isStopping = false

  constructor({ dialects, clock, log }: { dialects: readonly Dialect[]; clock: Clock; log: Log }) {
    this.#dialects = dialects
    this.#clock = clock
    this.#log = log
  }

  /** Whether some dialect has such a path. */
  owns(path: string): boolean {
    return this.#dialects.some((dialect) => dialect.owns(path))
  }

  /** From here on everything is refused. */
  stop(): void {
    this.#isStopping = true
  }

  /** Answers one request, whatever it is. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new BotExchange(request, response)
    const dialect = this.#dialects.find(({ owns }) => owns(exchange.path)) ?? this.#dialects[0]!
    try {
      if (this.#isStopping) throw new Fault('closed', { text: 'this relay is stopping' })
      await dialect.serve(exchange)
    } catch (thrown) {
      this.#fail(exchange, dialect, thrown)
    }
  }

  #fail(exchange: BotExchange, dialect: Dialect, thrown: unknown): void {
    const fields = { method: exchange.method, remote: exchange.host, dialect: dialect.name }
    if (exchange.isBroken) {
      this.#log.debug({ ...fields, reason: (thrown as Error).message }, 'a request broke off')
      exchange.response.destroy()
      return
    }
    const refusal = refusalOf(thrown)
    const { fault, status } = refusal
    this.refused.set(fault.code, (this.refused.get(fault.code) ?? 0) + 1)
    if (status === 500) this.#log.error({ ...fields, err: fault.cause ?? fault }, 'an error of our own')
    else this.#log.info({ ...fields, code: fault.code, reason: fault.message }, 'a bot was refused')
    exchange.sayAndClose(dialect.refuse(refusal), this.#clock)
  }
}
