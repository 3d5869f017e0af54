import type { Ledger } from '../relay/ledger/ledger'
import type { KeeperVerbs } from '../relay/keeping/keeper'
import type { Checker } from './check'

export type Keeper = Ledger<KeeperVerbs>

/** A keeper's thread as the one who looks. */
export const checkerOf = (keeper: Keeper): Checker => ({
  plan: (thorough) => keeper.read('check.plan', { thorough }),
  step: (step, thorough) => keeper.read('check.step', { step, thorough }),
})
