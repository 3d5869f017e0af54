/** Choosing files and recording, before they are sent. */
export const attach = {
}
