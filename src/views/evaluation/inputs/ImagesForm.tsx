import { Button, NumberInput, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { found } from '../../../lib/known';
import { formatQuantity } from '../../../lib/numbers';
import type { ImagePreprocessing } from '../../../state/evaluation';
import { hasOpenSize, initialPreprocessing } from '../../../state/imagePreprocessing';
import { classNames } from '../../parts/classNames';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { ConstantsFields } from './ConstantsFields';
import { FileField } from './FileField';
import classes from './Form.module.css';
import { ImagePreview } from './ImagePreview';
import type { SourceFormProps } from './sources';

const choices = {
  normalisation: [
    { value: 'imagenet', label: 'ImageNet mean and std' },
    { value: 'unit', label: '0 to 1' },
    { value: 'centred', label: '-1 to 1: (x - 0.5) / 0.5' },
    { value: 'own', label: 'Own mean and std' },
    { value: 'none', label: '0 to 255' },
  ],
  resize: [
    { value: 'crop', label: 'Crop the middle' },
    { value: 'stretch', label: 'Stretch' },
    { value: 'pad', label: 'Fit, with black around' },
  ],
  layout: [
    { value: 'NCHW', label: 'Channels first (NCHW)' },
    { value: 'NHWC', label: 'Channels last (NHWC)' },
  ],
  channels: [
    { value: 'RGB', label: 'RGB' },
    { value: 'BGR', label: 'BGR' },
    { value: 'grey', label: 'Grey' },
  ],
} as const;

const labels = { normalisation: 'Values', resize: 'Fit', layout: 'Layout', channels: 'Channels' } as const;

interface Chosen {
  readonly files: readonly File[];
  readonly folders: readonly string[];
}

export function ImagesForm({ disabled, onUse }: SourceFormProps) {
  const inputs = useEvaluation((state) => found(state.graph, 'a graph').inputs);
  const given = useEvaluation((state) => state.source);
  const [chosen, setChosen] = useState<Chosen>(() =>
    given?.kind === 'images' ? { files: given.files, folders: given.folders ?? [] } : { files: [], folders: [] },
  );
  const [preprocessing, setPreprocessing] = useState<ImagePreprocessing>(() =>
    given?.kind === 'images' ? given.preprocessing : initialPreprocessing(inputs),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onUse({ kind: 'images', ...chosen, preprocessing });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <FileField
        label="Images"
        choose="Choose images…"
        accept="image/*"
        multiple
        folder
        disabled={disabled}
        {...(chosen.files.length === 0 ? {} : { chosen: chosenText(chosen) })}
        onFiles={(files, folders) => setChosen(imagesOf(files, folders))}
      />
      <div className={classes.fields}>
        {(Object.keys(choices) as (keyof typeof choices)[]).map((field) => (
          <Select
            key={field}
            size="xs"
            label={labels[field]}
            allowDeselect={false}
            data={[...choices[field]]}
            value={preprocessing[field]}
            onChange={(value) => value && setPreprocessing({ ...preprocessing, [field]: value })}
          />
        ))}
        {preprocessing.normalisation === 'own' && (
          <ConstantsFields preprocessing={preprocessing} onChange={setPreprocessing} />
        )}
        {hasOpenSize(inputs) && (
          <>
            <SideField name="Height" side={0} preprocessing={preprocessing} onChange={setPreprocessing} />
            <SideField name="Width" side={1} preprocessing={preprocessing} onChange={setPreprocessing} />
          </>
        )}
      </div>
      {chosen.files[0] && <ImagePreview file={chosen.files[0]} preprocessing={preprocessing} inputs={inputs} />}
      <Button className={classNames(classes.submit)} type="submit" disabled={disabled || chosen.files.length === 0}>
        Use these images
      </Button>
    </form>
  );
}

/** Folders hold other files too. */
function imagesOf(files: readonly File[], folders: readonly string[]): Chosen {
  const images = files.flatMap((file, at) =>
    file.type.startsWith('image/') ? [{ file, folder: folders[at] ?? '' }] : [],
  );
  return { files: images.map(({ file }) => file), folders: images.map(({ folder }) => folder) };
}

function chosenText({ files, folders }: Chosen): string {
  const classCount = new Set(folders.filter((folder) => folder !== '')).size;
  const images = formatQuantity(files.length, 'image');
  return classCount > 1 ? `${images} in ${formatQuantity(classCount, 'class', 'classes')}` : images;
}

interface SideFieldProps {
  readonly name: string;
  /** Place in the size. */
  readonly side: 0 | 1;
  readonly preprocessing: ImagePreprocessing;
  onChange(preprocessing: ImagePreprocessing): void;
}

function SideField({ name, side, preprocessing, onChange }: SideFieldProps) {
  const size = preprocessing.size ?? [224, 224];
  return (
    <NumberInput
      size="xs"
      label={name}
      min={1}
      max={8192}
      allowDecimal={false}
      value={size[side]}
      onChange={(value) => {
        const length = Math.max(1, Number(value) || 1);
        onChange({ ...preprocessing, size: side === 0 ? [length, size[1]] : [size[0], length] });
      }}
    />
  );
}
