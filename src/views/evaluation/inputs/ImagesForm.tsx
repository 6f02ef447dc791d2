import { Button, NumberInput, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { found } from '../../../lib/known';
import { formatQuantity } from '../../../lib/numbers';
import type { ImagePreprocessing } from '../../../state/evaluation';
import { fixedSides, initialPreprocessing } from '../../../state/imagePreprocessing';
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
    { value: 'corner', label: 'Fit at the top left, zeros behind' },
    { value: 'line', label: 'Lines of text: full height, own width' },
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
  const fixed = fixedSides(inputs, preprocessing.layout);
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
            value={field === 'channels' && fixed.channels === 1 ? 'grey' : preprocessing[field]}
            disabled={field === 'channels' && fixed.channels === 1}
            onChange={(value) => value && setPreprocessing({ ...preprocessing, [field]: value })}
          />
        ))}
        {preprocessing.normalisation === 'own' && (
          <ConstantsFields preprocessing={preprocessing} onChange={setPreprocessing} />
        )}
        <SideField side={0} fixed={fixed.height} preprocessing={preprocessing} onChange={setPreprocessing} />
        <SideField side={1} fixed={fixed.width} preprocessing={preprocessing} onChange={setPreprocessing} />
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
  /** Place in the size. */
  readonly side: 0 | 1;
  /** As the graph has it; absent where it is left open. */
  readonly fixed: number | undefined;
  readonly preprocessing: ImagePreprocessing;
  onChange(preprocessing: ImagePreprocessing): void;
}

/** A side that the graph fixes is shown, and cannot be typed. */
function SideField({ side, fixed, preprocessing, onChange }: SideFieldProps) {
  const size = preprocessing.size ?? [224, 224];
  const isLeast = side === 1 && preprocessing.resize === 'line';
  const name = side === 0 ? 'Height' : 'Width';
  return (
    <NumberInput
      size="xs"
      label={isLeast && fixed === undefined ? 'Least width' : name}
      min={1}
      max={8192}
      allowDecimal={false}
      disabled={fixed !== undefined}
      {...(fixed !== undefined && { title: 'The model takes images of this size' })}
      value={fixed ?? size[side]}
      onChange={(value) => {
        const length = Math.max(1, Number(value) || 1);
        onChange({ ...preprocessing, size: side === 0 ? [length, size[1]] : [size[0], length] });
      }}
    />
  );
}
