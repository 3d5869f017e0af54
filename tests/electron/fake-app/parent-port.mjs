// The port that Electron gives a utility process, in plain Node.
process.parentPort = {
  postMessage: (message) => process.send(message),
  on: (_message, heard) => process.on('message', (data) => heard({ data })),
}
