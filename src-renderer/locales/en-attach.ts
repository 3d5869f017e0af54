/** Choosing files and recording, before they are sent. */
export const attach = {
  button: 'Attach', pictures: 'Pictures and videos', files: 'Files',
  tray: 'To be sent', caption: 'Add a caption', total: '{count} files, {total}', nth: '{place} of {count}',
  keys: 'Delete removes it. Shift and an arrow key move it.',
  kind: { picture: 'Picture', video: 'Video', sound: 'Sound', contact: 'Contact', file: 'File' },
  remove: 'Leave out {name}', removed: '{name} is left out.', moved: 'Now {place} of {count}.',
  added: '{count} file is ready to be sent. Write a caption or send it. | {count} files are ready to be sent. Write a caption or send them.',
  drop: 'Drop here to send to {name}', dropHint: 'You can look at everything once more before it goes.', pastedName: 'picture',
  choices: 'How {name} is sent', size: 'Size', scaled: 'Smaller', scaledTo: 'Smaller · {width} × {height} · {size}', originalOf: 'Original · {width} × {height} · {size}',
  sameForAll: 'The same for all pictures',
  keepPlace: 'Keep the place where it was taken', keepPlaceHint: 'Off: place, time and camera are taken out before it leaves this computer.',
  note: {
    huge: 'With {width} × {height} pixels it is too large to be shown as a picture. It goes as a file.',
    'not-shown': 'This computer cannot show this kind of picture. It goes as it is.',
    untouched: 'The place where it was taken may stand in it, and cannot be taken out of this kind of file.',
  },
  voice: {
    label: 'Voice message', record: 'Record a voice message', asking: 'Allow the microphone…', recording: 'Recording. Escape discards it.',
    recorded: 'Recorded, {seconds} seconds. Send it or listen to it first.', stop: 'Stop and listen', listen: 'Listen', pause: 'Pause', discard: 'Discard', send: 'Send the voice message',
    failed: {
      denied: 'Yanxin may not use the microphone. Allow it in the settings of the browser or the system, then try again.',
      none: 'No microphone was found. Plug one in, then try again.',
      busy: 'The microphone gives no sound. Another program may be using it; try again.',
    },
  },
  refused: {
    empty: 'There is nothing in {names}. | There is nothing in {names}. | {count} files are empty: {names}.',
    folder: 'A folder cannot be sent: {names}. Pack it into one file first. | A folder cannot be sent: {names}. Pack it into one file first. | Folders cannot be sent: {names}. Pack each into one file first.',
    many: 'One message takes 30 files; {count} was left out: {names}. | One message takes 30 files; {count} was left out: {names}. | One message takes 30 files; {count} were left out, among them {names}.',
    large: '{names} is larger than the {limit} that this service takes. | {names} is larger than the {limit} that this service takes. | {count} files are larger than the {limit} that this service takes: {names}.',
    unreadable: '{names} cannot be read. It may have been moved, or is not yours to open. | {names} cannot be read. It may have been moved, or is not yours to open. | {count} files cannot be read: {names}. They may have been moved, or are not yours to open.',
  },
}
