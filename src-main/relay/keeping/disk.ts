import { statSync } from 'node:fs'
import { quoted, type Reader } from './reader'

/** What takes space in a file. */
export interface DiskUsage {
  /** Of the file, of its write-ahead log, and of the log's index, in bytes. */
  file: number
  log: number
  shared: number
  /** Pages that hold nothing at the moment and are used first, in bytes. */
  free: number
  /** Tables and indexes, largest first, in bytes. */
  parts: { name: string; table: string; bytes: number }[]
  /** The lanes with the most bytes waiting. */
  lanes: { name: string; messages: number; bytes: number }[]
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** @param top how many lanes are named */
export function diskUsage(reader: Reader, top: number): DiskUsage {
  const { file } = reader
  const parts = reader.all<{ name: string; table: string; bytes: number }>(
    `SELECT d.name AS name, coalesce(s.tbl_name, d.name) AS "table", sum(d.pgsize) AS bytes
     FROM dbstat d LEFT JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = TRUE GROUP BY d.name ORDER BY bytes DESC`)
  const lanes = reader.tables().includes('queue') ? reader.all<DiskUsage['lanes'][number]>(
    `SELECT l.name AS name, count(*) AS messages, sum(length(q.body)) AS bytes FROM queue q JOIN lanes l ON l.lane = q.lane
     GROUP BY q.lane ORDER BY bytes DESC LIMIT ?`, top) : []
  return {
    file: sizeOf(file), log: sizeOf(`${file}-wal`), shared: sizeOf(`${file}-shm`),
    free: reader.pragma('freelist_count') * reader.pragma('page_size'), parts, lanes,
  }
}

/** How many rows a table has. */
export const rowsIn = (reader: Reader, table: string): number =>
  reader.get<{ rows: number }>(`SELECT count(*) AS rows FROM ${quoted(table)}`)!.rows
