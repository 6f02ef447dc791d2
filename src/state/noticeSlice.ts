/** What has come about where nobody looks: the screen says it in a short notice. */
import type { StudioContext } from './context';

export interface NoticeSlice {
  /** Another object for each. */
  readonly notice: { readonly text: string } | null;
  /** @param text a sentence or two */
  say(text: string): void;
}

export function createNoticeSlice({ set }: StudioContext<NoticeSlice>): NoticeSlice {
  return { notice: null, say: (text) => set({ notice: { text } }) };
}
