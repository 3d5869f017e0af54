import { defineStore } from 'pinia'
import { computed, onScopeDispose, reactive, ref, shallowRef } from 'vue'
import { PIECE, type Addressee, type CampaignView, type ListView, type ToEnclose } from '../../src-main/contract/campaign'
import type { LocationView } from '../../src-main/contract/message'
import { useApp } from './app'
import { columnsOf, gather, nobody, whole, type Column, type Gathered, type TypedRow, type WrongRow } from './gathering'
import { useKeeping } from './keeping'
import type { FileToSend } from './outbox'
import { rememberPicture } from './own-pictures'
import { useParts } from './parts'

function* pieces<T>(all: readonly T[]): Generator<[from: number, piece: T[]]> {
  for (let from = 0; from < all.length; from += PIECE) yield [from, all.slice(from, from + PIECE)]
}

/** What is being made ready to be sent to many, what was, and the lists that are kept. It stays as it is while one looks elsewhere. */
export const useMany = defineStore('many', () => {
  const { bridge, ids } = useParts()
  const app = useApp()
  const keeping = useKeeping()
  const { commands } = bridge
  const campaigns = shallowRef<readonly CampaignView[]>()
  const lists = shallowRef<readonly ListView[]>()

  const gathered = shallowRef<Gathered>(nobody)
  const wrong = shallowRef<readonly WrongRow[]>([])
  const words = ref('')
  /** A place that goes to each. */
  const location = shallowRef<LocationView>()
  const perMinute = ref(0)
  /** People whose addresses are being read, or who are on their way to main: done of total. */
  const work = reactive({ at: 'rest' as 'rest' | 'reading' | 'keeping' | 'sending' | 'saving', done: 0, total: 0 })
  /** The same press again, after a line that was lost, is the same message. */
  let asked: { id: string; of: string } | undefined

  const isEmpty = computed(() => gathered.value.people.length === 0 && wrong.value.length === 0 && words.value.trim() === '' && !location.value)

  async function busy<T>(at: Exclude<typeof work.at, 'rest'>, total: number, run: () => Promise<T>): Promise<T | undefined> {
    if (work.at !== 'rest') return undefined
    Object.assign(work, { at, done: 0, total })
    try {
      return await app.attempt(run())
    } finally {
      work.at = 'rest'
    }
  }

  /** People as they stand in a table. */
  async function addRows(rows: readonly TypedRow[], columns: readonly Column[], bad: readonly WrongRow[]): Promise<void> {
    await busy('reading', rows.length, async () => {
      const found: Addressee[] = []
      const unread: WrongRow[] = []
      for (const [from, piece] of pieces(rows)) {
        const addresses = await commands.readAddresses(piece.map(({ typed }) => typed))
        for (const [i, { line, typed, fields }] of piece.entries()) {
          const address = addresses[i]
          if (address) found.push({ address, fields })
          else unread.push({ line, text: typed, why: 'no-address' })
        }
        work.done = from + piece.length
      }
      gathered.value = gather(gathered.value, found, columns)
      wrong.value = [...wrong.value, ...bad, ...unread].sort((a, b) => a.line - b.line)
    })
  }
  /** People whose addresses are known. */
  function addPeople(people: readonly Addressee[], nameTitle: string): void {
    gathered.value = gather(gathered.value, people, columnsOf(people, nameTitle))
  }
  async function addList(id: string, nameTitle: string): Promise<void> {
    await busy('reading', 0, async () => addPeople(await membersOf(id), nameTitle))
  }
  async function membersOf(id: string): Promise<Addressee[]> {
    const all: Addressee[] = []
    for (let piece; !piece || piece.length === PIECE;) all.push(...(piece = await commands.list(id, all.length, PIECE)))
    return all
  }
  function remove(address: string): void {
    gathered.value = { ...gathered.value, people: gathered.value.people.filter((one) => one.address !== address) }
  }
  function clear(): void {
    gathered.value = nobody
    wrong.value = []
  }
  const dismissWrong = () => void (wrong.value = [])

  /** Answers the id of what is sent now; with it go these files. */
  function send(files: readonly FileToSend[] = []): Promise<string | undefined> {
    const { people, columns } = gathered.value
    for (const { view, picture } of files) if (picture) rememberPicture(view, picture)
    return busy(files.length > 0 ? 'keeping' : 'sending', people.length, async () => {
      const kept = await keeping.keepFiles(files)
      work.at = 'sending'
      const enclosed: ToEnclose = { ...(kept.length > 0 && { files: kept }), ...(location.value && { location: location.value }) }
      const of = JSON.stringify([words.value, enclosed, perMinute.value, people])
      if (asked?.of !== of) asked = { id: ids.token(), of }
      const { id } = asked
      await commands.campaignBegin(id, words.value.trim(), perMinute.value, ...(kept.length > 0 || location.value ? [enclosed] : []))
      for (const [from, piece] of pieces(people)) {
        await commands.campaignAdd(id, from, piece.map((one) => whole(one, columns)))
        work.done = from + piece.length
      }
      await commands.campaignStart(id)
      asked = undefined
      clear()
      words.value = ''
      location.value = undefined
      await refresh()
      return id
    })
  }

  /** Keeps people as a list of this name; one of the same name is written anew. */
  function saveList(name: string, people: readonly Addressee[]): Promise<true | undefined> {
    return busy('saving', people.length, async () => {
      const id = lists.value?.find((list) => list.name === name)?.id ?? ids.token()
      for (const [from, piece] of pieces(people)) {
        await commands.listSave(id, name, from, piece)
        work.done = from + piece.length
      }
      await refresh()
      return true as const
    })
  }
  async function renameList(id: string, name: string): Promise<void> {
    await app.attempt(commands.listRename(id, name))
    await refresh()
  }
  async function forgetList(id: string): Promise<void> {
    await app.attempt(commands.listForget(id))
    await refresh()
  }
  async function forget(id: string): Promise<void> {
    await app.attempt(commands.campaignForget(id))
    await refresh()
  }
  /** All who were to get it. */
  async function recipientsOf(id: string, filter: 'all' | 'failed' = 'all'): Promise<Addressee[]> {
    const all: Addressee[] = []
    for (let piece; !piece || piece.length === PIECE;) {
      piece = await commands.recipients(id, filter, all.length, PIECE)
      all.push(...piece.map(({ address, fields }) => ({ address, fields })))
    }
    return all
  }

  async function refresh(): Promise<void> {
    try {
      [campaigns.value, lists.value] = await Promise.all([commands.campaigns(), commands.lists()])
    } catch {
      // A line that is lost asks again when it is back.
    }
  }

  const off = bridge.events.on('connection', ({ at }) => void (at === 'open' && campaigns.value && refresh()))
  onScopeDispose(off)

  return {
    campaigns, lists, gathered, wrong, words, location, perMinute, work, isEmpty,
    addRows, addPeople, addList, remove, clear, dismissWrong, send, saveList, renameList, forgetList, forget, recipientsOf, refresh,
  }
})
