let playing: HTMLMediaElement | undefined

/** One sound at a time: what played before stops. */
export function nowPlaying(player: HTMLMediaElement | null): void {
  if (playing !== player) playing?.pause()
  playing = player ?? undefined
}
