import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import type { Flow } from '../../src-main/sip/flow'
import { connectTcp } from '../../src-main/sip/tcp'
import { missingKamailio, startKamailio } from './kamailio/kamailio'
import type { Kamailio, KamailioOptions } from './kamailio/kamailio'
import type { Linphone, StartOptions } from './linphone/linphone'
import { domain, noLinphone, useStage } from './stage'
import type { Stage } from './stage'
import { Yanxin } from './yanxin'

/** Why there can be no operator with people of both kinds, if so. */
export const noOperator = missingKamailio({ stores: true }) ?? noLinphone

/** What our operator takes from everybody. */
export const passwordOf = (user: string): string => `${user}-secret`

export interface Scene {
  operator?: Partial<KamailioOptions>
  transport?: 'tcp' | 'tls'
  /** Whether Linphone's texts and receipts go in CPIM. @default true */
  cpim?: boolean
  /** What Mei is called here. @default mei */
  name?: string
  /** What Mei believes to be the password. */
  password?: string
  /** Whether Mei trusts the operator's certificate. @default true */
  trusts?: boolean
}

export interface People {
  mei: Yanxin
  /** Starts Lan's Linphone, always with the same history. */
  lan: (options?: StartOptions) => Promise<Linphone>
  /** Where that history is. */
  lanFolder: string
  folder: string
  kamailio: Kamailio
}

/** A stage on which Kamailio carries what Mei (our client) and Lan (Linphone) say. */
export function operatorStage() {
  const stage: Stage = useStage({ withRelay: false })
  return {
    later: (work: () => Promise<unknown>) => stage.later(work),
    async flowTo({ host, port }: { host: string; port: number }): Promise<Flow> {
      const flow = await connectTcp({ host, port, clock: systemClock, log: silentLog })
      stage.later(() => Promise.resolve(flow.close()))
      return flow
    },
    async people({ operator, transport = 'tcp', cpim = true, name = 'mei', password, trusts = true }: Scene): Promise<People> {
      const { certificate } = stage
      const kamailio = await startKamailio({ domain, digest: 'MD5', ...(transport === 'tls' && { certificate }), ...operator })
      stage.later(() => kamailio.stop())
      const folder = await stage.folder()
      const trust = transport === 'tls' ? { ca: certificate.cert } : {}
      const mei = new Yanxin({
        user: name, password: password ?? passwordOf(name), domain, at: () => kamailio[transport], folder, ...(trusts && trust),
      })
      stage.later(async () => mei.client?.stop())
      const lanFolder = join(folder, 'lan')
      const lan = (options: StartOptions = {}): Promise<Linphone> => stage.linphone(
        { user: 'lan', password: passwordOf('lan'), domain, relay: kamailio[transport], cpim, ...trust }, { folder: lanFolder, ...options })
      return { mei, lan, lanFolder, folder, kamailio }
    },
  }
}
