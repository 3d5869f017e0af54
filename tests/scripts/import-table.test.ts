import { ESLint } from 'eslint'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../fakes/build'

const eslint = new ESLint({ cwd: root })
const importRules = new Set(['import-x/no-restricted-paths', '@typescript-eslint/no-restricted-imports'])

/** The import rules that a line breaks when it stands in `file`. */
async function broken(file: string, line: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: join(root, file) })
  return [...new Set((result?.messages ?? []).map(({ ruleId }) => ruleId ?? '').filter((rule) => importRules.has(rule)))]
}

describe('the import table of design.md', () => {
  it.each([
    ['src-main/base/x.ts', "import { faults } from '../contract/faults'", 'base takes only types of the contract'],
    ['src-main/base/x.ts', "import { readUri } from '../sip/uri'", 'base knows no messaging'],
    ['src-main/contract/x.ts', "import { Fault } from '../base/faults'", 'the contract imports nothing'],
    ['src-main/sip/x.ts', "import { readCpim } from '../rcs/cpim'", 'sip does not know what it carries'],
    ['src-main/rcs/x.ts', "import { Session } from '../network/session'", 'what rides inside does not know the session'],
    ['src-main/store/x.ts', "import { readUri } from '../sip/uri'", 'the store does not read the wire'],
    ['src-main/network/x.ts', "import { openLedger } from '../relay/ledger/port-ledger'", 'stages never import each other'],
    ['src-main/network/x.ts', "import { Accounts } from '../server/accounts'", 'stages never import each other'],
    ['src-main/relay/x.ts', "import { Session } from '../network/session'", 'stages never import each other'],
    ['src-main/server/x.ts', "import { Relay } from '../relay/relay'", 'stages never import each other'],
    ['src-main/hosts/browser/x.ts', "import { App } from '../../app'", 'hosts are handed the app'],
    ['src-main/hosts/browser/x.ts', "import { app } from 'electron'", 'Electron only in its own host'],
    ['src-main/browser.ts', "import { servePage } from './hosts/electron/page'", 'the browser host runs without Electron'],
    ['src-main/headless.ts', "import { app } from 'electron'", 'the relay runs without Electron'],
    ['src-main/chatbots/x.ts', "import { Client } from '../client'", 'a chatbot knows only the public interface'],
    ['src-renderer/ui/x.ts', "import { threadKinds } from '../chats/kinds'", 'ui <- chats, one way'],
    ['src-renderer/cards/x.ts', "import { threadKinds } from '../chats/kinds'", 'cards <- chats, one way'],
    ['src-renderer/state/x.ts', "import { threadKinds } from '../chats/kinds'", 'state <- chats, one way'],
    ['src-renderer/chats/x.ts', "import { readPages } from '../../src-main/store/read'", 'only state reads the store'],
    ['src-renderer/state/x.ts', "import { Client } from '../../src-main/client'", 'main stays behind the bridge'],
  ])('%s: %s is refused: %s', async (file, line) => {
    expect(await broken(file, line)).not.toEqual([])
  })

  it.each([
    ['src-main/base/x.ts', "import type { FaultCode } from '../contract/faults'"],
    ['src-main/sip/x.ts', "import { Fault } from '../base/faults'"],
    ['src-main/network/x.ts', "import type { Carrier } from '../relay/carrier'"],
    ['src-main/hosts/electron/x.ts', "import { app } from 'electron'"],
    ['src-main/desktop.ts', "import { app } from 'electron'"],
    ['src-main/client.ts', "import { Session } from './network/session'"],
    ['src-renderer/state/x.ts', "import { readPages } from '../../src-main/store/read'"],
    ['src-renderer/chats/x.ts', "import type { Message } from '../../src-main/contract/message'"],
  ])('%s: %s is allowed', async (file, line) => {
    expect(await broken(file, line)).toEqual([])
  })
})
