import type { FileView } from '../../src-main/contract/message'
import { useContent } from '../state'

/** Gives a file to the person as a download, as bytes that nothing opens by itself. */
export function useSave() {
  const { saveUrl } = useContent()
  return ({ name, hash }: FileView): void => {
    if (hash) Object.assign(document.createElement('a'), { href: saveUrl(hash), download: name }).click()
  }
}
