/**
 * Node's flags for a relay. Left to itself V8 doubles the space of what dies young once more than this after a burst of
 * registrations, and gives none of it back. It reads this only when it starts.
 */
export const relayFlags = ['--max-semi-space-size=32']
