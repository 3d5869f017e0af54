import type { ChangePage, FillPage } from '../contract/message'

/** The journal as the store's projector sees it. */
export interface Feed {
  changes(after: number, limit: number, epoch?: string): Promise<ChangePage>
  filling(cursor: string | null, pages: number): Promise<FillPage>
}
