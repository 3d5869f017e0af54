// Imported first by every script, so that a Node too old for the rest says so instead of throwing a syntax error.
const major = Number(process.versions.node.split('.')[0])
if (major < 18) {
  console.error(
    'Yanxin needs Node.js 22.13 or newer (or 18 and newer on Linux and Windows on x64, where it fetches its own); this is ' +
      process.versions.node + '. Get one from nodejs.org.',
  )
  process.exit(1)
}
