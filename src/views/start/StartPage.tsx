import { Button } from '@mantine/core';
import { IconFolderOpen, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { actions } from '../../state/actions';
import { perform } from '../parts/actions/perform';
import { OpeningReport, useSlowOpening } from '../parts/progress/OpeningReport';
import { Hero } from './Hero';
import { Samples } from './Samples';
import classes from './StartPage.module.css';

/** What the studio opens, as people know it: by extension. */
const opens = [
  { name: 'PyTorch', extensions: '.pth  .pt  .bin  .ckpt  .th  .pt2' },
  { name: 'safetensors', extensions: '.safetensors' },
  { name: 'ONNX', extensions: '.onnx' },
  { name: 'Keras', extensions: '.keras  .h5  .hdf5' },
  { name: 'TensorFlow Lite', extensions: '.tflite' },
  { name: 'TensorFlow', extensions: '.index  .data' },
  { name: 'Flax', extensions: '.msgpack' },
  { name: 'GGUF', extensions: '.gguf' },
  { name: 'NumPy', extensions: '.npz  .npy  .pkl' },
  { name: 'OpenVINO', extensions: '.xml  .bin' },
  { name: 'PaddlePaddle', extensions: '.pdparams' },
];

/** @param left work that waits to be gone on with @param recent files of earlier visits */
export function StartPage({ left, recent }: { readonly left: ReactNode; readonly recent: ReactNode }) {
  const isOpening = useSlowOpening();
  return (
    <div className={classes.page}>
      <div className={classes.column}>
        <div className={classes.hero}>
          <Hero />
        </div>
        <h2 className={classes.sentence}>
          See every layer’s weights, drag a threshold, and download the pruned checkpoint.
        </h2>
        {left}
        <div className={classes.zone}>{isOpening ? <OpeningReport /> : <Invitation />}</div>
        {recent}
        <Samples />
      </div>
    </div>
  );
}

function Invitation() {
  return (
    <>
      <p className={classes.drop}>Drop a checkpoint anywhere in this window</p>
      <p className={classes.choose}>Choose a checkpoint on this device</p>
      <Button
        size="md"
        fz="md"
        variant="filled"
        leftSection={<IconFolderOpen size={20} stroke={1.7} />}
        onClick={() => perform(actions.open)}
      >
        Open checkpoint
      </Button>
      <dl className={classes.opens}>
        {opens.map(({ name, extensions }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{extensions}</dd>
          </div>
        ))}
        <div>
          <dt>Recipe</dt>
          <dd>.json, beside a checkpoint</dd>
        </div>
      </dl>
      <p className={classes.private}>
        <IconLock size={15} stroke={1.8} aria-hidden />
        Nothing is uploaded: the file is read and written by this tab, on your machine.
      </p>
    </>
  );
}
