import { createBirpc } from 'birpc'
import { head, icon, looks, make } from './pictures'

/** What the window asks of its worker, so that no picture stops it from being drawn. */
const calls = { head, icon, looks, make }
export type WorkerCalls = typeof calls

createBirpc<object, WorkerCalls>(calls, {
  on: (listener) => void (self.onmessage = ({ data }) => listener(data)),
  post: (message) => self.postMessage(message),
})
