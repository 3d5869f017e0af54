import { findChromium as find } from '../../scripts/setup/chromium.js'

/** The Chromium that tests use, if there is one: `CHROME_PATH`, else the usual places. */
export const findChromium = (): string | undefined => find()

/** Flags that keep a test's Chromium quiet, alone and off the network, with a microphone that beeps. */
export const chromiumFlags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check', '--disable-dev-shm-usage',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
]

/** What to put into a test's title where there is none. */
export const noChromium = 'skipped, because no Chromium was found (CHROME_PATH names one)'
