/** 发送之前：选择文件、录音。 */
export const attach = {
}
