import { Button, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { classNames } from '../../parts/classNames';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import classes from './Form.module.css';
import { isTokenText, type SourceFormProps } from './sources';

export function TokensForm({ disabled, onUse }: SourceFormProps) {
  const given = useEvaluation((state) => state.source);
  const [text, setText] = useState(given?.kind === 'tokens' ? given.text : '');
  const isWrong = text.trim() !== '' && !isTokenText(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onUse({ kind: 'tokens', text });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Textarea
        label="Token ids"
        placeholder="101 7592 2088 102"
        rows={5}
        spellCheck={false}
        value={text}
        error={isWrong && 'Whole numbers only, separated by spaces or commas.'}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button className={classNames(classes.submit)} type="submit" disabled={disabled || !isTokenText(text)}>
        Use these tokens
      </Button>
    </form>
  );
}
