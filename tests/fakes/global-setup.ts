import { alone } from '../../scripts/setup/lock.js'
import { prepareBuild } from '../../scripts/setup/build.js'

/** Builds for the tests that run the build; `npm test` has done so already (and sets YANXIN_PREPARED), vitest alone has not. */
export default async function setup(): Promise<void> {
  if (!process.env['YANXIN_PREPARED']) await alone(prepareBuild)
}
