import { Dexie, RangeSet } from 'dexie'

/** Above every key: IndexedDB orders arrays last, and Dexie writes its own whole ranges so. */
const HIGHEST = [[[]]]

/**
 * Has every live query of these databases look again, in this context and in all others. Dexie announces a write after its
 * commit; a worker or page that dies between the two leaves everybody with what was there before.
 */
export function announceAll(...databases: readonly Dexie[]): void {
  const parts = databases.flatMap(({ name, tables }) => tables.flatMap((table) =>
    ['', ':dels', ...table.schema.indexes.map((index) => index.name)].map((index) => `idb://${name}/${table.name}/${index}`)))
  Dexie.on.storagemutated.fire(Object.fromEntries(parts.map((part) => [part, new RangeSet(-Infinity, HIGHEST)])))
}
