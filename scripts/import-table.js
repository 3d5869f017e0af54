/** @typedef {{ target: string | string[], from: string, except?: string[], message: string }} Zone */

const message = 'The import table (design.md, "The house") does not allow it.'

/**
 * `folders` of src-main may import nothing of ours but themselves and `others`.
 * @param {string[]} folders @param {string[]} others @returns {Zone[]}
 */
const inMain = (folders, others) => folders.flatMap((folder) => [
  { target: `./src-main/${folder}`, from: './src-main', except: [folder, ...others].map((path) => `./${path}`), message },
  { target: `./src-main/${folder}`, from: './src-renderer', message },
])

/**
 * `folder` of src-renderer may not import `others` of it.
 * @param {string} folder @param {string[]} others @returns {Zone[]}
 */
const inRenderer = (folder, others) => others.map((other) => (
  { target: `./src-renderer/${folder}`, from: `./src-renderer/${other}`, message }
))

// The types by which a stage meets the relay; never its parts.
const relayTypes = ['relay/carrier.ts', 'relay/envelope.ts', 'relay/ledger/ledger.ts', 'relay/ledger/port.ts', 'relay/queue/row.ts']
const wire = ['base', 'contract', 'sip', 'rcs']
const entriesOfNode = ['browser.ts', 'headless.ts', 'database.ts'].map((name) => `./src-main/${name}`)
const later = ['groups', 'chatbots', 'desk', 'many']

/** Who may import whom: design.md, *The house*. @type {Zone[]} */
export const importTable = [
  ...inMain(['contract'], []),
  ...inMain(['base'], ['contract/faults.ts', 'contract/message.ts']),
  ...inMain(['sip'], ['base', 'contract/faults.ts']),
  ...inMain(['rcs'], ['base', 'contract', 'sip']),
  ...inMain(['store'], ['base', 'contract', 'rcs']),
  ...inMain(['relay'], wire),
  ...inMain(['operation'], [...wire, 'relay']),
  ...inMain(['content'], ['base', 'contract']),
  ...inMain(['import'], ['base', 'contract', 'content', 'sip']),
  ...inMain(['share'], ['base', 'contract', 'sip', 'client/address.ts']),
  ...inMain(['msrp'], wire),
  ...inMain(['network', 'server'], [...wire, 'msrp', ...relayTypes]),
  ...inMain(['hosts'], [...wire, ...relayTypes]),
  ...inMain(['chatbots'], []),
  { target: './src-main', from: './src-renderer', message },
  ...entriesOfNode.map((target) => ({ target, from: './src-main/hosts/electron', message: 'Electron is not there.' })),
  // state reads the store; bridge and state need clocks, events and faults: all of base is free of Node.
  { target: './src-renderer', from: './src-main', except: ['./contract', './store', './base'], message },
  { target: './src-renderer/bridge', from: './src-main/store', message },
  ...['ui', 'cards', 'chats', ...later].map((folder) => (
    { target: `./src-renderer/${folder}`, from: './src-main', except: ['./contract'], message }
  )),
  // What is chosen, prepared and recorded before it is sent: faults are data of base.
  { target: './src-renderer/attach', from: './src-main', except: ['./contract', './base'], message },
  { target: './src-renderer/places', from: './src-main', except: ['./contract'], message },
  ...inRenderer('ui', ['cards', 'files', 'attach', 'places', 'contacts', 'chats', 'state', 'bridge', ...later]),
  // A card's picture, film or sound is a file; a place on one opens as any other.
  ...inRenderer('cards', ['bridge', 'attach', 'contacts', 'chats', ...later]),
  ...inRenderer('attach', ['bridge', 'cards', 'files', 'places', 'contacts', 'chats', ...later]),
  ...inRenderer('places', ['bridge', 'cards', 'files', 'attach', 'contacts', 'chats', ...later]),
  { target: './src-renderer/contacts', from: './src-main', except: ['./contract'], message },
  ...inRenderer('contacts', ['bridge', 'cards', 'files', 'attach', 'places', 'chats', ...later]),
  // What a thread shows of files; of contacts it shows the card.
  { target: './src-renderer/files', from: './src-main', except: ['./contract'], message },
  ...inRenderer('files', ['bridge', 'cards', 'attach', 'places', 'chats', ...later]),
  ...inRenderer('chats', later),
  ...inRenderer('state', ['ui', 'cards', 'files', 'attach', 'places', 'contacts', 'chats', ...later]),
  ...inRenderer('bridge', ['ui', 'cards', 'files', 'attach', 'places', 'contacts', 'chats', 'state', ...later]),
]

/** Imports that are allowed as types only. */
export const typesOnly = [
  { files: ['src-main/base/**/*.ts'], groups: ['**/contract/*'] },
  {
    files: ['src-main/network/**/*.ts', 'src-main/server/**/*.ts', 'src-main/hosts/browser/**/*.ts', 'src-main/hosts/*.ts'],
    // Of relay/envelope the flags are values; the rest is types.
    groups: ['**/relay/carrier', '**/relay/ledger/*', '**/relay/queue/*'],
  },
]

/** The rule for everyone but hosts/electron and desktop.ts. */
export const electronFree = {
  name: 'electron', message: 'Only hosts/electron and desktop.ts may: in plain Node the import starts a download.',
}
