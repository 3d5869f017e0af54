const UNKNOWN = 'application/octet-stream'
/** Longest type that is repeated, with its parameters. */
const LONGEST = 120

// RFC 6838 4.2, and parameters of tokens or quoted words: `audio/wav;voice-recording=yes` is Linphone's voice message.
const mediaType = /^[a-z0-9][\w!#$&^.+-]*\/[a-z0-9][\w!#$&^.+-]*(\s*;\s*[\w!#$&^.+-]+=("[^"\\\u0000-\u001f]*"|[\w!#$&^.+-]+))*$/i

/** What a part says it is, where that is a media type. */
export const saidType = (text: string | undefined): string =>
  text !== undefined && text.length <= LONGEST && mediaType.test(text) ? text : UNKNOWN

const essence = (type: string): string => type.split(';')[0]!.trim().toLowerCase()
const family = (type: string): string => essence(type).split('/')[0]!

// The same boxes hold sound and film; a sound that is called audio is one.
const containers: readonly string[] = ['video/mp4', 'video/3gpp', 'video/quicktime', 'video/webm', 'video/ogg', 'audio/mp4', 'audio/ogg']

/**
 * The type of a file that others are told: what its bytes are wherever they say it, with the sender's own word kept where it says
 * the same more closely. A lie about what would be drawn or played becomes plain bytes.
 * @param seen what the bytes are (content/sniff), undefined for what is not told by them
 */
export function toldType(said: string, seen: string | undefined): string {
  if (seen === undefined) return /^image\/(png|jpeg|gif|webp)$/.test(essence(said)) ? UNKNOWN : said
  if (essence(said) === seen) return said
  const isSameFamily = family(said) === family(seen) && family(said) !== 'image'
  const isContainer = containers.includes(seen) && /^(audio|video)$/.test(family(said))
  return isSameFamily || isContainer ? said : seen
}
