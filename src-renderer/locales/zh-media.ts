/** 会话中的图片、视频、语音和文件，以及传输。 */
export const media = {
}
