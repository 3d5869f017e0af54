/** Pictures, video, voice and files in the thread, and their transfer. */
export const media = {
  open: 'Open {name}', pictures: 'One picture | {count} pictures', more: 'One more picture | {count} more pictures', nth: '{name}, picture {n} of {count}',
  before: 'The picture before', next: 'The next picture', larger: 'Larger', smaller: 'Smaller', fit: '{percent} %, show the whole picture', fitIt: 'Show the whole picture',
  undrawable: 'This picture cannot be shown here. Save it to open it with another program.', unplayable: 'This cannot be played here. Save it to open it with another program.',
  playVideo: 'Play {name}', voice: 'Voice message', playVoice: 'Play', pauseVoice: 'Pause', speedOf: 'Speed {speed}×', position: '{at} of {of}',
  keeping: 'Being kept', offered: '{size}, not fetched yet', waitsUp: 'Waits to go up', waitsDown: 'Waits to be fetched', paused: 'Paused · {size}',
  running: '{done} of {total}', speed: '{speed}/s', left: 'about {time} left', failedUp: 'It could not be sent.', failedDown: 'It could not be fetched.',
  fetch: 'Fetch {name}', goOn: 'Go on with {name}', again: 'Try {name} again', pauseIt: 'Pause {name}', cancelUp: 'Do not send {name}', cancelDown: 'Do not fetch {name}',
}
