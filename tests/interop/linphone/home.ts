import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface LinphoneAccount {
  user: string
  password: string
  domain: string
  relay: { host: string; port: number; transport: 'tcp' | 'tls' }
  /** Whether its texts and receipts go in CPIM. */
  cpim: boolean
  /** PEM file of the authority that it trusts; without one it checks no certificate. */
  ca?: string
  /** Where its files go. */
  files?: string
  /** Who makes its groups. */
  factory?: string
}

/**
 * Makes what a liblinphone core wants to find: its settings, and the folder of its SQLite file, without which it never
 * starts. A folder that has been used already stays as it is: the same device with the same history.
 */
export async function makeLinphoneHome(folder: string, account: LinphoneAccount): Promise<string> {
  const home = join(folder, 'home')
  await mkdir(join(home, '.local/share/linphone'), { recursive: true })
  await mkdir(join(home, '.config/linphone'), { recursive: true })
  const file = join(folder, 'linphonerc')
  if (!existsSync(file)) await writeFile(file, settings(account), { mode: 0o600 })
  return home
}

function settings({ user, password, domain, relay, cpim, ca, files, factory }: LinphoneAccount): string {
  const server = `sip:${relay.host}:${relay.port};transport=${relay.transport}`
  return ini({
    sip: {
      // Its default would listen on every interface; -1 lets the system choose a port, 0 is off.
      bind_address: '127.0.0.1', use_ipv6: 0, guess_hostname: 0,
      sip_port: 0, sip_tcp_port: relay.transport === 'tcp' ? -1 : 0, sip_tls_port: relay.transport === 'tls' ? -1 : 0,
      register_only_when_network_is_up: 0, contact: `"${user}" <sip:${user}@${domain}>`, default_proxy: 0,
      verify_server_certs: ca ? 1 : 0, verify_server_cn: ca ? 1 : 0, ...(ca && { root_ca: ca }),
      im_notif_policy: 'all', lime: 0,
      // How long it waits, in ms, when its server could not be reached; its own default is a minute.
      refresher_retry_after: 1_000,
    },
    auth_info_0: { username: user, passwd: password, realm: domain, domain },
    proxy_0: {
      reg_proxy: `<${server}>`, reg_route: `<${server};lr>`, reg_identity: `"${user}" <sip:${user}@${domain}>`,
      reg_expires: 600, reg_sendregister: 1, publish: 0, ...(factory !== undefined && { conference_factory_uri: factory }),
    },
    // liblinphone 5.1 saves this key in proxy_0, but reads it only here.
    proxy_0_default_values: { cpim_in_basic_chat_rooms_enabled: cpim ? 1 : 0 },
    // It would save a name of its own (+sip.instance) only when it ends well; a killed one must come back as itself.
    misc: { hide_empty_chat_rooms: 0, uuid: randomUUID(), ...(files !== undefined && { file_transfer_server_url: files }) },
    // No sound card and no camera are needed for messages, and looking for them takes its time.
    sound: { playback_dev_id: '', capture_dev_id: '' },
    video: { enabled: 0, capture: 0, display: 0 },
  })
}

const ini = (sections: Record<string, Record<string, string | number>>) =>
  Object.entries(sections)
    .map(([name, keys]) => `[${name}]\n${lines(keys)}`)
    .join('\n')

const lines = (keys: Record<string, string | number>) =>
  Object.entries(keys).map(([key, value]) => `${key}=${value}\n`).join('')
