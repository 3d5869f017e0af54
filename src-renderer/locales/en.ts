import { attach } from './en-attach'
import { bot } from './en-bots'
import { faults } from './en-faults'
import { group, mute } from './en-groups'
import { many } from './en-many'
import { media } from './en-media'
import { place } from './en-place'
import { join, share } from './en-share'

/** Every word of the window in English; the other languages have exactly these keys. `{'@'}` is an @ by itself. */
export const en = {
  app: { name: 'Yanxin', starting: 'Yanxin is starting…' },
  ui: {
    close: 'Close', back: 'Back', cancel: 'Cancel', dismiss: 'Dismiss', notices: 'Notices', tryAgain: 'Try again',
    showPassword: 'Show password', hidePassword: 'Hide password',
  },
  rail: {
    label: 'Yanxin', chats: 'Chats', many: 'Send to many', settings: 'Settings', account: 'Account', unread: '{count} unread message | {count} unread messages',
  },
  link: {
    online: 'Online', connecting: 'Connecting…', waiting: 'Offline, trying again', stopped: 'Not connected', 'signed-out': 'Signed out',
    trial: 'On this computer',
  },
  banner: {
    waiting: 'You are offline. What you write is kept and goes out as soon as the connection is back.',
    next: 'Next try in {seconds} s.',
    stopped: 'Not connected.', connecting: 'Connecting again…',
    lost: 'This window has lost touch with Yanxin and is trying again. What you have sent is safe.',
    ended: 'Yanxin has been closed. This window comes back by itself when you start it again.',
    failed: 'This window could not be brought up to date and is trying again.',
    signIn: 'Sign in again',
  },
  start: {
    brokenTitle: 'Yanxin could not start',
    refusedTitle: 'This link is out of date',
    refusedText: 'For your safety each start of Yanxin has its own link. Start Yanxin again and open the link that it prints.',
  },
  list: {
    title: 'Chats', label: 'Chats', new: 'New conversation', search: 'Search people and messages', clear: 'Clear the search',
    conversations: 'Conversations', draft: 'Draft:', you: 'You', nothingYet: 'Nothing written yet',
    unread: '{count} unread message | {count} unread messages',
    emptyTitle: 'No conversations yet', emptyText: 'Write to a number or an address, and your conversations gather here.',
    width: 'Width of the list', filling: 'Getting your conversations ready: {done} %',
  },
  search: {
    messages: 'Messages', here: 'Search here', in: 'Search messages with {name}', older: 'Show older results',
    found: 'Nothing found | {count} message found | {count} messages found',
    nothingTitle: 'Nothing found for “{query}”', nothingText: 'Any part of a Chinese text is found, and every word by its beginning.',
    emptyTitle: 'Find a message', emptyText: 'Type a word, its beginning, or a single Chinese character.',
    coverage: 'Searched back to: {day}. Older messages are still being added.',
    coverageRests: 'Searched back to: {day}. Older messages are added after the next start.',
    coverageBegins: 'Your messages are being made ready to be found. They show up here by themselves.',
    coverageWaits: 'Your messages are made ready to be found after the next start.',
    nothingYet: 'It may be in the older messages that are still being added.',
  },
  thread: {
    back: 'Back to the conversations', details: 'Details', search: 'Search in this conversation', unread: 'Unread',
    latest: 'Jump to the latest', messages: 'Messages with {name}', typing: '{name} is typing | {name} are typing', waiting: 'Loading',
    emptyTitle: 'This is the beginning with {name}', emptyText: 'Write the first line below.',
    noneTitle: 'Pick up a conversation', noneText: 'Choose one on the left, or begin a new one.',
  },
  message: {
    empty: '(empty message)',
    expired: 'A message to you waited too long and expired before it arrived.',
    unsupported: 'A message of a kind that this version cannot show yet ({type})',
    goesTo: 'goes to {host}', more: 'Show all', less: 'Show less', actions: 'Actions', journey: 'Journey', copy: 'Copy text',
    copied: 'Copied', again: 'Try again', why: 'Why?', takeBack: 'Take it back into the composer',
  },
  status: {
    keeping: 'Not kept yet', queued: 'Waiting to be sent', sent: 'Sent', failed: 'Not sent', delivered: 'Delivered', displayed: 'Read',
  },
  journey: {
    kept: 'Kept safe', sending: 'On its way', answered: 'Answered', retry: 'Tried again', sent: 'Accepted', received: 'Received',
    delivered: 'Delivered', displayed: 'Read', failed: 'Failed', expired: 'Expired',
    by: { relay: 'The relay', network: 'The network', 'this-computer': 'This computer' },
    incoming: 'Received', none: 'Nothing is known of this message’s way.', id: 'Message-ID',
  },
  peer: {
    typing: 'typing…', online: 'Online', away: 'Away', chatbot: 'Chatbot', none: 'This address does not exist',
    unknown: 'Not known yet whether messages arrive here', rcs: 'Takes messages',
    awayLong: '{name} is away. Your message is kept and goes out as soon as they are back.',
    copy: 'Copy address', ask: 'Ask again', address: 'Address', count: 'Messages',
  },
  composer: {
    readOnly: 'These messages were imported. Nobody can be written to here.',
    label: 'Write a message', write: 'Message to {name}', placeholder: 'Message', send: 'Send', emoji: 'Emoji',
    waits: 'Waits here until you are online, then goes out by itself.',
    tooLong: 'Too long by {over} bytes: shorten it or send it in two.',
  },
  emoji: { faces: 'Faces', hands: 'Hands', hearts: 'Hearts and feasts', life: 'Every day' },
  new: {
    title: 'New conversation', text: 'Write to a phone number or to somebody’s address.', to: 'Number or address',
    hint: 'For example +86 138 0013 8000, or mei for mei{\'@\'}{domain}', hintBare: 'For example +86 138 0013 8000 or mei{\'@\'}example.org',
    empty: 'Write a number or an address first.', open: 'Open conversation',
  },
  welcome: {
    title: 'Messages that arrive', text: '5G Messaging on your desktop.\nWhat you send is kept safe until it has arrived.',
    try: 'Try it on this computer', tryText: 'No account needed: you get somebody to talk to at once, and nothing leaves this computer.',
    or: 'or sign in', address: 'Your address', addressHint: 'From your operator or office, like mei{\'@\'}example.org',
    password: 'Password', relay: 'Relay', relayHint: 'Where to connect. Left empty: {relay}', relayHintBare: 'Where to connect, for example sip:relay.example.org;transport=tls',
    signIn: 'Sign in', signingIn: 'Signing in…', again: 'Sign in again', language: 'Language',
    noAddress: 'Write your address.', badAddress: 'An address looks like mei{\'@\'}example.org or +8613800138000.',
    noPassword: 'Write your password.', noRelay: 'Say where to connect.', badRelay: 'A relay looks like sip:relay.example.org:5060;transport=tcp.',
    more: 'More', files: 'Content server', filesHint: 'Where pictures and files go. Left empty, the relay says it.', badFiles: 'A content server looks like https://files.example.org/ft.',
  },
  settings: {
    title: 'Settings', account: 'Account', general: 'Appearance', privacy: 'Privacy', writing: 'Writing', notifications: 'Notifications', about: 'About',
    auto: 'System', language: 'Language', theme: 'Theme', light: 'Light', dark: 'Dark',
    sendDisplayed: 'Tell people when I have read their message', sendDisplayedHint: 'Off: they see “Delivered”, never “Read”.',
    sendTyping: 'Tell people when I am typing',
    enterSends: 'Enter sends', enterSendsHint: 'Off: Enter begins a new line and {keys} sends. Shift Enter is always a new line.',
    notify: 'When a message comes', full: 'Show it', hidden: 'Hide its text', off: 'Nothing',
    allow: 'Allow notifications', denied: 'This browser does not allow notifications for Yanxin. Allow them in its site settings.',
    trial: 'A trial account: it lives on a relay inside this program, and nothing leaves this computer.',
    relay: 'Relay', signOut: 'Sign out', keys: 'Keyboard shortcuts', version: 'Version {version}', host: { electron: 'Desktop app', browser: 'In the browser' },
    skip: 'Close settings',
  },
  storage: {
    title: 'Storage on this computer',
    text: 'What this window shows is its own copy of your messages. The originals are in the journal of Yanxin, so the copy can be made anew at any time, and nothing is lost by it.',
    rebuild: 'Rebuild', rebuilding: 'Rebuilding. You can go on writing meanwhile.', filling: 'Getting your messages ready',
    counts: '{done} of {total} messages',
    whole: 'Everything is here.',
    done: 'No messages yet. Last made {when}. | {messages} message, last made {when}. | {messages} messages, last made {when}.',
    cancelled: 'A rebuild was cancelled {when}. The copy from before is in use.',
  },
  check: {
    title: 'Is everything whole?',
    text: 'The journal with your messages is one file on this computer. When nothing else is to be done it is looked at once a day by itself.',
    now: 'Check now', running: 'Looking at every page of the file', never: 'It has not been looked at yet.', whole: 'Nothing was wrong {when}.',
    damaged: 'One thing in {file} is broken, found {when}. | {count} things in {file} are broken, found {when}.',
    help: 'Nothing was deleted, and you can go on. Copy that file elsewhere now; a copy from before can be put in its place while Yanxin is not running.',
  },
  file: {
    kind: { picture: '[Picture]', video: '[Video]', sound: '[Voice]', contact: '[Contact]', file: '[File]' },
    save: 'Save {name}', missing: 'This file is not here: it was not in what was imported, or has been deleted.', picture: 'Picture: {name}',
  },
  jobs: { import: 'Importing history', check: 'Checking the storage', index: 'Making messages ready to be found', upload: 'Sending {name}', download: 'Fetching {name}', campaign: 'Sending to many', running: '{job}: {percent} %', started: '{job} has begun.', done: '{job}: done.', failed: '{job}: not finished.', cancelled: '{job}: cancelled.' },
  import: {
    title: 'Import history',
    text: 'Bring the SMS and MMS of an Android phone here, with their pictures. Everything stays on this computer, and nothing is sent to anybody.',
    step1: 'On the phone, open the app “SMS Backup & Restore” (SyncTech) and make a backup of messages with attachments.',
    step2: 'Bring its file (sms-….xml) to this computer and choose it here, or drop it on this box.',
    note: 'Numbers without a country code belong to the country of your own number, or else to China (+86). Importing the same messages again adds nothing twice.',
    choose: 'Choose a backup', drop: 'Drop the backup here', offer: 'Bring your history',
    copying: 'Copying {file}', reading: 'Reading {file}', merging: 'Putting the messages in their places', cancel: 'Cancel the import',
    counts: '{messages} messages, {files} files', bytes: '{done} of {total}', left: 'about {time} left', seconds: '{n} s', minutes: '{n} min',
    done: '{added} messages in {conversations} conversations were added.', nothing: 'Nothing was added.',
    known: '{count} was here already. | {count} were here already.', drafts: '{count} draft was left out. | {count} drafts were left out.',
    damaged: '{count} could not be read because the file is damaged there: line {lines}. | {count} could not be read because the file is damaged there: lines {lines}.',
    lostFiles: '{count} attachment is damaged or too large, and is missing. | {count} attachments are damaged or too large, and are missing.',
    cut: 'The file ends in the middle, at line {line}. What stands before it is here; make the backup again for the rest.',
    cancelled: 'The import was cancelled. What was added before stays; importing again adds only what is missing.',
    empty: 'There are no messages in this file.', again: 'Import another', close: 'Done', retry: 'Choose it again',
    wrongType: 'This file is no backup of messages.', wrongTypeHelp: 'Choose the file that “SMS Backup & Restore” made of messages: its name begins with sms-.',
    unreadable: 'The browser cannot read {file}.', unreadableHelp: 'It may have been moved or changed. Choose it again; it goes on where it was.',
    goesOn: 'Choose the same file again: it goes on where it was.',
    full: 'There is not enough room on the disk.', fullHelp: '{needed} are needed and {free} are free. Make room, then choose the file again.',
  },
  signOut: {
    title: 'Sign out of {address}?', text: 'Messages that are still waiting to be sent stay unsent.',
    keep: 'Keep my messages on this computer', keepHint: 'They are here again when you sign in with this address.',
    nothing: 'Delete everything', nothingHint: 'Messages and drafts of this account leave this computer. This cannot be undone.',
    confirm: 'Sign out', confirmNothing: 'Delete and sign out',
  },
  keys: {
    title: 'Keyboard shortcuts', new: 'New conversation', here: 'Search in this conversation', all: 'Search everything',
    next: 'Next conversation', previous: 'Previous conversation', escape: 'Close what is open, back to the composer',
    send: 'Send', line: 'New line', menu: 'Actions of the message in focus', rove: 'Move in a list', settings: 'Settings', sheet: 'This sheet',
  },
  attach,
  bot,
  group,
  many,
  media,
  mute,
  place,
  share,
  join,
  faults,
}

/** The shape that every language fills. */
export type Words = Shape<typeof en>
type Shape<Part> = { [Key in keyof Part]: Part[Key] extends string ? string : Shape<Part[Key]> }
