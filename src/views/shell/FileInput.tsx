import { useEffect, useRef } from 'react';
import { screen } from '../../state/screen';
import { useStudio } from '../../state/store';

/**
 * The one file input; buttons and keys open it through `screen.chooseFiles`. It has no `accept` list: files are
 * recognised by their bytes, and file choosers that do not know an extension would grey them out.
 */
export function FileInput() {
  const input = useRef<HTMLInputElement>(null);
  const openFiles = useStudio((state) => state.openFiles);
  useEffect(() => {
    screen.setState({ chooseFiles: () => input.current?.click() });
  }, []);
  return (
    <input
      ref={input}
      type="file"
      multiple
      hidden
      aria-label="Open checkpoint"
      onChange={(event) => {
        const files = [...(event.target.files ?? [])];
        // Emptied, so that choosing the same file again is a change again.
        event.target.value = '';
        if (files.length > 0) void openFiles(files);
      }}
    />
  );
}
