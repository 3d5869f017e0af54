/**
 * The Content-Security-Policy of every page and worker, the same in both hosts: nothing but our own files.
 * @param bridge where the page may open its WebSocket, if it needs one
 */
export function contentPolicy(bridge?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' blob:",
    `connect-src 'self'${bridge ? ` ${bridge}` : ''}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}

/**
 * Headers that every answer carries beside its own; of the browser's powers the page needs notifications, the clipboard,
 * the microphone for voice messages and, when a person asks where they are, the place.
 */
export const securityHeaders = (bridge?: string): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': contentPolicy(bridge),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(self), geolocation=(self), payment=(), usb=(), serial=()',
})
