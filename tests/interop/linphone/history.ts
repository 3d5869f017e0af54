import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface KeptByLinphone {
  /** imdn.Message-ID, or the Call-ID where there was no CPIM. */
  id: string
  text: string
  outgoing: boolean
}

/** What a Linphone that has ended keeps in its own database, in its own order: what it would show, whatever it has told. */
export function historyOf(folder: string): KeptByLinphone[] {
  const db = new DatabaseSync(join(folder, 'home/.local/share/linphone/linphone.db'), { readOnly: true })
  try {
    return db.prepare(
      'SELECT imdn_message_id AS id, direction, body FROM conference_chat_message_event JOIN chat_message_content USING (event_id) ORDER BY event_id',
    ).all().map(({ id, direction, body }) => ({ id: String(id), text: String(body), outgoing: direction === 1 }))
  } finally {
    db.close()
  }
}
