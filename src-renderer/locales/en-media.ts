/** Pictures, video, voice and files in the thread, and their transfer. */
export const media = {
}
