/** A table of opencc-js: entries with a bar between, each a character and what it may become, with spaces between. */
declare module 'opencc-js/dict/*' {
  const table: string
  export default table
}
