/** One sample of Prometheus' text format 0.0.4. */
export interface Sample {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

/** Reads an exposition strictly: every sample has a TYPE before it, every name and label the form that is asked for. */
export class Exposition {
  readonly samples: Sample[] = []
  readonly types = new Map<string, string>()

  constructor(readonly text: string) {
    for (const line of text.split('\n')) {
      if (!line) continue
      const type = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram|summary)$/i.exec(line)
      if (type) this.types.set(type[1]!, type[2]!)
      if (line.startsWith('#')) {
        if (!/^# (HELP|TYPE) /.test(line)) throw new Error(`a comment of no known kind: ${line}`)
        continue
      }
      const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
      if (!sample) throw new Error(`no sample: ${line}`)
      const labels = Object.fromEntries([...(sample[2] ?? '').matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/g)].map((found) => [found[1]!, found[2]!]))
      const value = sample[3] === '+Inf' ? Infinity : Number(sample[3])
      if (Number.isNaN(value) && sample[3] !== 'NaN' && sample[3] !== 'Nan') throw new Error(`no number: ${line}`)
      const family = sample[1]!.replace(/_(bucket|sum|count)$/, '')
      if (!this.types.has(sample[1]!) && !this.types.has(family)) throw new Error(`a sample without a type: ${line}`)
      this.samples.push({ name: sample[1]!, labels, value })
    }
  }

  static async read(http: string): Promise<Exposition> {
    const answer = await fetch(`${http}/metrics`)
    if (answer.status !== 200 || !answer.headers.get('content-type')!.startsWith('text/plain; version=0.0.4')) {
      throw new Error(`${answer.status} ${answer.headers.get('content-type')}`)
    }
    return new Exposition(await answer.text())
  }

  /** The value of the sample with these labels. */
  of(name: string, labels: Record<string, string> = {}): number | undefined {
    return this.samples.find((each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value))?.value
  }

  all(name: string): Sample[] {
    return this.samples.filter((each) => each.name === name)
  }
}
