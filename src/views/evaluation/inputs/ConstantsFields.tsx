import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ImagePreprocessing } from '../../../state/evaluation';
import { constantsOf, type OwnConstants, usualConstants } from '../../../state/imagePreprocessing';

interface ConstantsFieldsProps {
  readonly preprocessing: ImagePreprocessing;
  onChange(preprocessing: ImagePreprocessing): void;
}

const fields = [
  { name: 'mean', label: 'Mean' },
  { name: 'deviation', label: 'Std' },
] as const;

/** Mean and standard deviation by channel, of values from 0 to 1: as training code has them. */
export function ConstantsFields({ preprocessing, onChange }: ConstantsFieldsProps) {
  const constants = preprocessing.constants ?? usualConstants;
  const [texts, setTexts] = useState({ mean: constants.mean.join(', '), deviation: constants.deviation.join(', ') });
  const change = (name: keyof OwnConstants, text: string) => {
    setTexts({ ...texts, [name]: text });
    const read = constantsOf(name, text);
    if (read) onChange({ ...preprocessing, constants: { ...constants, [name]: read } });
  };
  return fields.map(({ name, label }) => (
    <TextInput
      key={name}
      size="xs"
      label={label}
      inputMode="decimal"
      value={texts[name]}
      error={constantsOf(name, texts[name]) ? undefined : 'One number, or one each for red, green and blue'}
      onChange={(event) => change(name, event.currentTarget.value)}
    />
  ));
}
