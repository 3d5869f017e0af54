/** What a bot offers to be tapped instead of typed (GSMA FNW.11, `botsuggestion`): without `action` a reply. */
export interface Suggestion {
  /** Of the button, up to 25 characters; of a reply also what is said. */
  text: string
  /** Goes back to the bot as it is, and is never shown: the postback. */
  data?: string
  action?: SuggestedAction
}

/** What tapping does, besides telling the bot that it was tapped. `instead` is a URL for who cannot do it. */
export type SuggestedAction =
  /** `parameters` are those of the view, as the bot says them. */
  | { do: 'open-url'; url: string; where: 'browser' | 'view'; height?: ViewHeight; parameters?: string }
  | { do: 'dial'; number: string; how: 'voice' | 'video' | 'enriched'; subject?: string; instead?: string }
  | { do: 'show-place'; place: { latitude: number; longitude: number; label?: string } | { query: string }; instead?: string }
  | { do: 'send-place' }
  /** From and to in ms since 1970. */
  | { do: 'add-event'; from: number; to: number; title: string; text?: string; instead?: string }
  | { do: 'write-text'; number: string; text: string }
  | { do: 'record'; number: string; what: 'audio' | 'video' }
  /** Tells the bot what this device is: `DeviceFacts`. */
  | { do: 'share-device' }
  /** The bot is told the number from now on. */
  | { do: 'show-number' }
  /** The bot hears when its messages were read. */
  | { do: 'tell-read' }

/** How much of the conversation a page of a bot covers. */
export type ViewHeight = 'full' | 'half' | 'tall'

/** What a bot that asks is told of this device once its person agreed (GSMA FNW.11, `botsharedclientdata`). */
export interface DeviceFacts {
  /** Up to 10 characters. */
  deviceModel: string
  /** Up to 20. */
  platformVersion: string
  /** Up to 4. */
  clientVendor: string
  /** Up to 15. */
  clientVersion: string
  /** Minutes; only where the system tells. */
  batteryRemainingMinutes?: number
}
