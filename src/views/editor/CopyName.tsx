import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** The whole name, to be pasted into a pattern or a script. */
export function CopyName({ name }: { readonly name: string }) {
  return (
    <CopyButton value={name}>
      {({ copied, copy }) => (
        <ActionIcon
          size={24}
          variant="subtle"
          color="gray"
          aria-label={copied ? 'Name copied' : 'Copy name'}
          title="Copy the name"
          onClick={copy}
        >
          {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}
