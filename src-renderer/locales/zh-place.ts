/** 位置与名片。 */
export const place = {
  kind: '[位置]',
}
