/** What has come about where nobody looks: the screen says it in a short notice. */
import type { StudioContext } from './context';

export interface NoticeAct {
  /** On the button. */
  readonly label: string;
  run(): void;
}

export interface NoticeSlice {
  /** Another object for each. */
  readonly notice: { readonly text: string; readonly act?: NoticeAct } | null;
  /** @param text a sentence or two @param act what one may do about it: the notice then stays until it is closed */
  say(text: string, act?: NoticeAct): void;
}

export function createNoticeSlice({ set }: StudioContext<NoticeSlice>): NoticeSlice {
  return { notice: null, say: (text, act) => set({ notice: { text, ...(act && { act }) } }) };
}
