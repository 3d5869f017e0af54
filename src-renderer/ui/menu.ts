import type { IconName } from './icons'

export interface MenuItem {
  icon: IconName
  label: string
  keys?: string
  isDanger?: boolean
  run: () => void
}
