import { setFlagsFromString } from 'node:v8'
import { systemClock } from './base/clock'
import { Fault } from './base/faults'
import { keep, type KeepCommand } from './headless/keep'
import { readCommand, usage } from './headless/flags'
import type { Command } from './headless/flags'
import { serve } from './headless/serve'
import { manage, type UserCommand } from './headless/users'
import { openLog } from './log'

// On a machine of few cores the helpers of the garbage collector take their time from the database's thread and gain the
// main one little: what dies young is collected by the thread that made it.
setFlagsFromString('--no-parallel-scavenge')

/** `node:sqlite` needs no flag from here on. */
const oldestNode = [22, 13] as const

function checkNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  throw new Fault('wrong-node', { text: `This is Node ${process.versions.node}; the relay needs ${oldestNode.join('.')} or newer.` })
}

/** 2 for wrong flags, 3 for a data folder that another process holds, else 1. */
function exitCode(fault: Fault): number {
  if (fault.code === 'folder-locked') return 3
  return fault.code === 'bad-argument' ? Number(fault.detail['exit'] ?? 2) : 1
}

async function readLine(): Promise<string | undefined> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk as string
    if (text.includes('\n')) break
  }
  return text.split(/\r?\n/)[0] || undefined
}

const isKeep = (command: UserCommand | KeepCommand): command is KeepCommand => ['check', 'disk', 'backup', 'restore'].includes(command.command)

/** Where somebody watches, one line that changes; else nothing. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

/** Answers the exit code. */
async function run(command: Exclude<Command, { command: 'serve' }>): Promise<number> {
  const say = (lines: readonly string[]): void => lines.forEach((line) => void process.stdout.write(`${line}\n`))
  if (!isKeep(command)) {
    say(await manage(command, { now: () => systemClock.now(), readLine }))
    return 0
  }
  try {
    const { lines, exit } = await keep(command, { clock: systemClock, progress })
    progress('')
    say(lines)
    return exit
  } finally {
    progress('')
  }
}

async function runRelay(command: Extract<Command, { command: 'serve' }>): Promise<void> {
  const log = openLog('relay', process.env['YANXIN_LOG'] ?? 'info')
  const serving = await serve(command, { clock: systemClock, log })
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    serving.stop().then(() => process.exit(0), (thrown: unknown) => {
      log.error({ err: thrown }, 'could not stop in order')
      process.exit(1)
    })
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // The command that started us was killed; scripts/setup/run.js holds the channel.
  process.once('disconnect', () => stop('SIGTERM'))
  process.channel?.unref()
  process.stdout.write(`Relay ready: ${serving.uris.join(' ')}\n`)
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args[0] === 'help') {
    process.stdout.write(`npm run relay -- …\n\n${usage}\n`)
    return
  }
  // Whatever is made from here on is for its owner alone: the data folder may be one that others can look into.
  process.umask(0o077)
  try {
    checkNode()
    const command = readCommand(args)
    if (command.command === 'serve') await runRelay(command)
    else process.exit(await run(command))
  } catch (thrown) {
    const fault = Fault.from(thrown)
    process.stderr.write(`${fault.message}\n`)
    if (fault.code === 'bad-argument' && exitCode(fault) === 2) process.stderr.write(`\n${usage}\n`)
    process.exit(exitCode(fault))
  }
}

await main(process.argv.slice(2))
