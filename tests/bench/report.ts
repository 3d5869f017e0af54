import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const file = join(import.meta.dirname, 'RESULTS.md')

/** Prints a table and puts it in RESULTS.md under its heading, in place of the last one. */
export function report(heading: string, columns: readonly string[], rows: readonly (readonly string[])[], note: string): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const section = [
    `## ${heading}`, '', line(columns), line(columns.map(() => '---')), ...rows.map(line), '', note,
    `Measured ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores.`, '',
  ].join('\n')
  console.log(`\n${section}`)
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '# What was measured\n\nMade by `npm run bench`; each ratio is to a ceiling measured in the same run.\n\n'
  const sections = before.split(/(?=^## )/m)
  const at = sections.findIndex((text) => text.startsWith(`## ${heading}\n`))
  if (at < 0) sections.push(`${section}\n`)
  else sections[at] = `${section}\n`
  writeFileSync(file, `${sections.map((text) => text.trimEnd()).join('\n\n')}\n`)
}

/** A server that a load can drive and whose cost can be read. */
export interface Measurable {
  port: number
  /** Of all its processes. */
  pids(): number[]
  memoryKb(): number
  stop(): Promise<void>
}

/** Starts one of our own programs. */
export async function startMeasured(args: string[]): Promise<Measurable> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const port = await new Promise<number>((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = /Relay ready:.*?127\.0\.0\.1:(\d+)/.exec(text)
      if (found) resolve(Number(found[1]))
    })
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code} before it was ready`)))
  })
  const pid = child.pid!
  return {
    port, pids: () => [pid], memoryKb: () => residentKb(pid),
    async stop() {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

/** CPU seconds of a server so far. */
export const cpuSecondsOf = ({ pids }: Measurable): number => pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0)

/** CPU seconds that a process has used so far, all its threads, from the system's own count (Linux: 10 ms steps). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Resident memory of a process, in KB. */
export function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? NaN)
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
