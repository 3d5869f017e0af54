/** Cards, chips and what tapping them asks. */
export const bot = {
  card: '[Card]', cards: '[{count} cards]', carousel: '{count} cards in a row', nth: '{n} of {count}. {title}',
  before: 'Cards before', next: 'Next cards', chips: 'Suggested answers',
  stale: 'Earlier offer', answers: 'Answer to: {words}', shared: 'You told about this device', instead: 'Open its page instead',
  does: {
    reply: 'Answers: {text}', openUrl: 'Opens {host}', openLink: 'Opens a link', dial: 'Calls {number}', showPlace: 'Shows a place', sendPlace: 'Sends a place of your choice',
    addEvent: 'Adds to your calendar: {title}', writeText: 'Writes to {number}', record: { audio: 'Records a voice message', video: 'Records a video' },
    shareDevice: 'Tells about this device', showNumber: 'Shows who you are', tellRead: 'Tells when you have read its messages',
  },
  staleAsk: {
    title: 'Still use an earlier offer?', text: '{name} has gone on since. What it offered then may no longer hold, or may be done twice.', act: 'Use it anyway',
  },
  url: {
    title: 'Open this link?', text: '{name} asks you to open a page outside of Yanxin, at:', act: 'Open', letters: 'In its own letters:',
    lookAlike: 'Careful: letters of this address look like Latin ones and are not. It may pass itself off as a site you know.',
    isOpen: 'The way there is not encrypted: others can read what you type on that page.',
    refused: {
      credentials: 'It is not opened: the address hides behind a name before the {\'@\'}, which makes it look like another site.',
      scheme: 'It is not opened: this kind of link could do something on this computer.',
      broken: 'It is not opened: this is no address.',
    },
  },
  dial: {
    title: 'Call this number?', text: '{name} offers a call to:', act: 'Call', subject: 'About: {subject}',
    how: 'The program of this computer that makes calls is opened; it may ask once more.', video: 'The program of this computer that makes calls is opened. Whether it can do so with video is up to it.',
    refused: 'This is no telephone number. Codes with * or # are not dialled: they can change settings of your line.',
  },
  place: { title: 'A place', query: 'Looked for on a map outside of Yanxin.', searchIn: 'Search in {where}' },
  event: {
    title: 'Add to your calendar?', act: 'Save as a calendar file', text: 'You get a file (.ics) that any calendar takes.',
    refused: 'It cannot be added: its beginning and end make no sense.',
  },
  text: {
    title: 'Write this message?', text: '{name} suggests to write to:', here: 'Put it into the composer', outside: 'Open in another program',
    stays: 'Nothing is sent yet: you can change it first.', program: 'You have no conversation with this number here. The program of this computer that sends texts is opened; nothing is sent yet.',
  },
  record: {
    title: { audio: 'Record a voice message?', video: 'Record a video?' }, text: '{name} asks for a recording for:', act: 'Begin recording',
    how: 'It goes out only when you press send.', video: 'Videos cannot be recorded here. You can make one elsewhere and send it with the paper clip.',
  },
  device: {
    title: 'Tell about this device?', text: '{name} would be told exactly this, once:', act: 'Tell', refused: 'Nothing is told: it is not known just now what would be.',
    model: 'Device', system: 'System', program: 'Program', battery: 'Battery', minutes: '{minutes} min left',
  },
  showNumber: { title: 'Show {name} who you are?', text: 'From now on {name} is told your address:', act: 'Show' },
  tellRead: { title: 'Tell {name} what you have read?', text: 'From now on {name} is told when you have read its messages.', act: 'Tell' },
}
