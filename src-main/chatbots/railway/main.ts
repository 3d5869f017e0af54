import { parseArgs } from 'node:util'
import { startRailway } from './service/railway'

const usage = `The railway chatbot, a sample that speaks GSMA's MaaP API and nothing else.

  --gateway URL     the gateway's root, e.g. http://127.0.0.1:8080
  --bot ADDRESS     the bot's own address
  --listen HOST:PORT where its webhook listens  (default 127.0.0.1:0)
  --data DIR        where bookings are kept
  in the environment: RAILWAY_TOKEN, RAILWAY_SECRET (of the webhook's signature)
`

const { values } = parseArgs({
  options: { gateway: { type: 'string' }, bot: { type: 'string' }, listen: { type: 'string', default: '127.0.0.1:0' }, data: { type: 'string' }, help: { type: 'boolean' } },
})
const { RAILWAY_TOKEN: token, RAILWAY_SECRET: secret } = process.env
const { gateway, bot, data } = values
const at = /^(.+):(\d{1,5})$/.exec(values.listen)
if (values.help || !gateway || !bot || !data || !token || !secret || !at) {
  process.stderr.write(usage)
  process.exit(values.help ? 0 : 2)
}
const railway = await startRailway({ gateway, bot, data, token, secret, host: at[1]!.replace(/^\[|\]$/g, ''), port: Number(at[2]), log: (text) => process.stderr.write(`${text}\n`) })
process.stdout.write(`Railway ready: http://${at[1]!}:${railway.port}/\n`)
const stop = () => void railway.stop().then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
