/** Groups. */
export const group = {
  You: 'You', you: 'you', others: '{count} other | {count} others',
  members: '{count} member | {count} members', mentionsYou: 'Somebody mentions you', everybody: 'Everybody', everybodyName: 'all',
  emptyTitle: 'This is the beginning of {name}',
  state: { invited: 'You are invited', left: 'You have left', removed: 'You were removed', gone: 'Dissolved' },
  role: { admin: 'Admin', invited: 'Invited' },
  change: {
    created: '{by} made the group', createdWith: '{by} made the group and invited {of}', invited: '{by} invited {of}', joined: '{by} joined', declined: '{by} declined the invitation', left: '{by} left',
    removed: '{by} removed {of}', promoted: '{by} made {of} an admin', demoted: '{by} took the admin role from {of}', subject: '{by} named the group “{text}”',
    description: '{by} changed the description', descriptionGone: '{by} took the description away', icon: '{by} changed the picture', iconGone: '{by} took the picture away',
    policies: '{by} changed the rules: {text}', code: '{by} made a new invitation link', codeGone: '{by} withdrew the invitation link', dissolved: '{by} dissolved the group',
  },
  policy: {
    post: { all: 'everybody may write', admins: 'only admins may write' }, add: { all: 'everybody may add people', admins: 'only admins may add people' },
    history: { shared: 'newcomers see what was said before', hidden: 'newcomers do not see what was said before' }, and: ', ',
  },
  new: {
    title: 'New group', offer: 'Write to several people at once', name: 'Name of the group', nameHint: 'Left empty, it is called after its members.',
    create: 'Create group', creating: 'Creating…', open: 'Open the group', empty: 'Choose at least one person.', noGroups: 'No groups can be made from this account: its operator does not offer them.',
    leftTitle: 'The group is there. Not everybody could be added:', leftAddTitle: 'Not everybody could be added:',
  },
  people: {
    who: 'Who is in it', find: 'Name, number or address', chosen: 'Chosen', remove: 'Leave {name} out', none: 'Nobody found. Type a number or an address.',
    typed: 'Add this address', asking: 'Asking…', already: 'Already in the group', invited: 'Already invited', full: 'The group can have {limit} members.', count: '{count} chosen',
    list: 'People', emptyTitle: 'Nobody here yet', emptyText: 'Type a number or an address above.',
  },
  cannot: {
    'not-acceptable': 'Cannot be in groups: their program does not take them', 'unknown-recipient': 'Nobody has this address', 'no-answer': 'Did not answer: cannot be added now',
    'bad-argument': 'This is not an address', 'bad-type': 'Cannot be in groups: their program does not take them', refused: 'Does not want to be added',
  },
  add: { title: 'Add people', add: 'Invite', button: 'Add people' },
  invitation: {
    short: 'You are invited to this group', title: '{by} invites you to {name}', titleBare: 'You are invited to {name}',
    text: 'Whoever is in it sees that you join. Nothing of it reaches you before.', accept: 'Accept', decline: 'Decline', withWhom: 'In it: {names}',
  },
  closed: {
    post: 'Only admins may write here.', left: 'You have left this group. What was said stays here.', removed: 'You were removed from this group. What was said stays here.',
    gone: 'This group was dissolved. What was said stays here.', askAdmin: 'Write to {name}',
  },
  join: {
    title: 'Join this group?', text: '{name}. You become a member at once, and everybody in it sees it.', join: 'Join', hint: 'An invitation to a group', from: 'Group of {domain}',
  },
  receipts: {
    who: 'Who has read it', read: 'Read by {count} | Read by {count}', delivered: 'Delivered, not read: {count} | Delivered, not read: {count}', waiting: 'Not delivered yet: {count} | Not delivered yet: {count}',
    nobody: 'Nobody yet', list: 'Who has got it and read it', none: 'There was nobody else in the group.',
  },
  details: {
    title: 'Group', mute: 'Mute', muted: 'Muted', add: 'Add', search: 'Search', more: 'More', edit: 'Name, picture, description', describe: 'Add a description',
    link: 'Invitation link', linkOn: 'On', linkOff: 'Off', rules: 'Who may do what', leave: 'Leave the group', dissolve: 'Dissolve the group', address: 'Copy address',
    loading: 'Getting the members', whose: 'Group, {members}',
  },
  list: {
    label: 'Members', find: 'Search the members', none: 'Nobody is called so.', actions: 'Actions for {name}', write: 'Write a message', promote: 'Make an admin',
    demote: 'Take the admin role away', remove: 'Remove from the group', withdraw: 'Take the invitation back', own: 'You', online: 'Online', away: 'Away', mention: 'Mention',
  },
  edit: {
    title: 'Edit the group', name: 'Name', description: 'Description', descriptionHint: 'What the group is for. Optional.', picture: 'Choose a picture', other: 'Choose another', noPicture: 'Take it away',
    save: 'Save', noName: 'A group needs a name.', unreadable: 'This file is no picture that can be shown here.', pictureOf: 'Picture of the group',
  },
  rules: {
    title: 'Who may do what', post: 'Who may write', add: 'Who may add people', all: 'Everybody', admins: 'Admins', history: 'Newcomers see what was said before',
    historyHint: 'Up to 30 days of it.', onlyAdmins: 'Only admins can change this.',
  },
  link: {
    title: 'Invitation link', text: 'Whoever has this link can join, until you renew or withdraw it.', none: 'There is no link. With one, people can join without being added one by one.',
    make: 'Make a link', copy: 'Copy link', copied: 'The link is copied.', renew: 'Renew', renewText: 'The old link stops working.', withdraw: 'Withdraw', label: 'Link',
    renewTitle: 'Renew the link?', withdrawTitle: 'Withdraw the link?', withdrawText: 'Nobody can join by it any more. Who is in the group stays.', onlyAdmins: 'Admins can make a link here.',
  },
  ask: {
    leaveTitle: 'Leave {name}?', leaveText: 'Nothing more reaches you from it. What was said stays here.', leave: 'Leave',
    lastTitle: 'Who looks after {name}?', lastText: 'You are its only admin. Choose who takes over, then leave.', lastLeave: 'Hand over and leave',
    dissolveTitle: 'Dissolve {name}?', dissolveText: 'It ends for all {count} members, and cannot be taken back. What was said stays with everybody. | It ends for all {count} members, and cannot be taken back. What was said stays with everybody.',
    dissolve: 'Dissolve', removeTitle: 'Remove {who}?', removeText: 'Nothing more from {name} reaches {who}, until somebody adds them again.', remove: 'Remove',
    demoteTitle: 'Give up the admin role?', demoteText: 'Another admin has to make you one again.', demote: 'Give it up',
  },
  mention: { list: 'People to mention', all: 'Everybody in the group', none: 'Nobody is called so' },
}

/** Conversations that nobody is told of. */
export const mute = {
  mute: 'Mute', muted: 'Muted', undo: 'Notify me again', undoUntil: 'Muted until {until}. Notify me again',
  for: { hour: 'For an hour', eight: 'For 8 hours', week: 'For a week', good: 'For good' },
}
