import type { ThreadKind } from '../chats/kinds'
import GroupDetails from './GroupDetails.vue'
import GroupFoot from './GroupFoot.vue'
import GroupMentions from './GroupMentions.vue'
import GroupReceipts from './GroupReceipts.vue'
import GroupState from './GroupState.vue'
import { invitationIn } from './invitation'

/** What groups bring to the thread. */
export const groupKind: ThreadKind = {
  is: ({ group }) => group !== undefined,
  state: GroupState,
  details: GroupDetails,
  receipts: GroupReceipts,
  foot: GroupFoot,
  suggestions: GroupMentions,
  invitationIn,
  join: (app, invitation) => app.commands.joinGroup(invitation),
}
