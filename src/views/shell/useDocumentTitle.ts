import { useEffect } from 'react';
import { useStudio } from '../../state/store';

/** The tab says which file is open and whether it is being worked on. */
export function useDocumentTitle(): void {
  const fileName = useStudio(({ status, checkpoint }) =>
    status.kind === 'opening' ? status.fileName : checkpoint?.fileName,
  );
  const kind = useStudio((state) => state.status.kind);
  useEffect(() => {
    const busy = kind === 'opening' ? '⏳ Opening ' : kind === 'exporting' ? '⏳ Exporting ' : '';
    document.title = fileName === undefined ? 'Secateur' : `${busy}${fileName} · Secateur`;
  }, [fileName, kind]);
}
