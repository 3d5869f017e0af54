import type { FileView } from '../../src-main/contract/message'
import type { FilePlace } from './transfer'

/** A file of a message, and where it is there. */
export interface Placed {
  file: FileView
  place: FilePlace
}
