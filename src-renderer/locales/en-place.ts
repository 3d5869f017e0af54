/** Places and contact cards. */
export const place = {
  kind: '[Location]',
}
