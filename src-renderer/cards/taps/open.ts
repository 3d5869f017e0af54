import { useApp } from '../../state'

/** Opens a link outside, through main's allow-list; where that fails, the fault is on show. @returns whether it opened */
export function useOpen() {
  const app = useApp()
  return async (url: string): Promise<boolean> => (await app.attempt(app.commands.openExternal(url).then(() => true))) ?? false
}
