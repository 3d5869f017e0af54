import { useApp } from './app'

/** Where the window reads the bytes of messages' files and of the map: paths that main answers (hosts/content-door.ts). */
export function useContent() {
  const app = useApp()
  const base = (): string => app.state?.content ?? '/content/'
  return {
    /** A file, in whole or in ranges: what plays. */
    contentUrl: (hash: string): string => base() + hash,
    /** A file that is only given if it is a picture which may be drawn. */
    pictureUrl: (hash: string): string => `${base()}${hash}?picture`,
    /** A file as bytes that nothing opens by itself. */
    saveUrl: (hash: string): string => `${base()}${hash}?save`,
    /** A tile of the map (*slippy map* numbers). */
    tileUrl: (z: number, x: number, y: number): string => `${base()}tile/${z}/${x}/${y}`,
  }
}
