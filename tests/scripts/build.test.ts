import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseAst } from 'vite'
import { describe, expect, it } from 'vitest'
import { out, root } from '../fakes/build'

const main = join(out, 'main')
/** What a chunk imports: by statement, by `import()` and by `require()`. */
function importsOf(text: string): string[] {
  const stated = parseAst(text).body.flatMap((node) => ('source' in node && node.source ? [String(node.source.value)] : []))
  const called = [...text.matchAll(/\b(?:import|require)\(["']([^"'\n]+)["']\)/g)].map(([, name]) => name!)
  // A call may also stand in a comment, naming a file that was bundled.
  return [...stated, ...called.filter((name) => !name.startsWith('.') || existsSync(join(main, name)))]
}

/** Everything outside of the build that an entry imports, through its chunks. */
function reach(entry: string): Set<string> {
  const files = new Set<string>()
  const outside = new Set<string>()
  const visit = (name: string) => {
    if (files.has(name)) return
    files.add(name)
    for (const target of importsOf(readFileSync(join(main, name), 'utf8'))) {
      if (target.startsWith('./')) visit(target.slice(2))
      else outside.add(target)
    }
  }
  visit(entry)
  return outside
}

describe('the build', () => {
  it.each(['browser.js', 'headless.js', 'database.js', 'hasher.js'])('%s needs no Electron and no package beside it', (entry) => {
    const foreign = [...reach(entry)].filter((name) => !isBuiltin(name))
    // Optional helpers of ws, which does without them, and a name in a comment of pino's.
    expect(foreign.filter((name) => !['bufferutil', 'utf-8-validate', 'SonicBoom'].includes(name))).toEqual([])
  })

  it('needs Electron for the desktop alone', () => {
    expect(reach('desktop.js')).toContain('electron')
  })

  it('has a preload script that is one CommonJS file and requires nothing but Electron', () => {
    expect(readdirSync(join(out, 'preload')).filter((name) => !name.endsWith('.map'))).toEqual(['preload.cjs'])
    const text = readFileSync(join(out, 'preload/preload.cjs'), 'utf8')
    expect([...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron'])
    expect(text).not.toMatch(/^(import|export)\b/m)
  })

  it('has a page without inline scripts or styles, which the policy would refuse', () => {
    const page = readFileSync(join(out, 'renderer/index.html'), 'utf8')
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/)
    expect(page).not.toMatch(/<style\b|\sstyle=|\son\w+=/)
  })
})

describe('the package', () => {
  it('holds the build and no node_modules, and its fuses are set', async () => {
    const dist = mkdtempSync(join(tmpdir(), 'yanxin-electron-dist-'))
    const output = mkdtempSync(join(tmpdir(), 'yanxin-package-'))
    // A stand-in for Electron's program: the mark and nine fuses, as @electron/fuses looks for them, all as Electron ships them.
    writeFileSync(join(dist, 'electron'), Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09101100011', 'latin1'))
    chmodSync(join(dist, 'electron'), 0o755)
    const flags = ['--dir', '--linux', '--publish', 'never', `-c.electronDist=${dist}`, `-c.directories.output=${output}`]
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/electron-builder/cli.js'), ...flags], { cwd: root, maxBuffer: 1e8 })
    const unpacked = join(output, readdirSync(output).find((name) => name.endsWith('unpacked'))!)
    const asar = createRequire(join(root, 'node_modules/app-builder-lib/package.json'))('@electron/asar') as { listPackage(file: string, options: object): string[] }
    const files = asar.listPackage(join(unpacked, 'resources/app.asar'), {})
    expect(files).toEqual(expect.arrayContaining(['/out/main/desktop.js', '/out/main/database.js', '/out/preload/preload.cjs', '/out/renderer/index.html', '/resources/icon.png', '/package.json']))
    expect(files.filter((name) => /node_modules|\.map$|browser\.js|headless\.js|\.ts$/.test(name))).toEqual([])
    const fuses = readFileSync(join(unpacked, 'yanxin'), 'latin1').slice(34)
    // RunAsNode off, cookies sealed, NODE_OPTIONS off, --inspect off, asar checked, only asar, one snapshot, no extra file:// power
    expect(fuses.slice(0, 8)).toBe('01001100')
  }, 180_000)
})
