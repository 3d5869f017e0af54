/**
 * The same text with memory of its own. What is cut out of a message keeps the whole message alive, which for what is kept
 * as long as a registration would be most of what a device costs.
 */
export const ownText = (text: string): string => Buffer.from(text).toString()
