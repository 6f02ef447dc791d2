import { Facts } from './Facts';

const opens = [
  {
    name: '.pth .pt .bin .ckpt .th .pt2',
    says: 'PyTorch: a state dict, a training checkpoint, a whole module, TorchScript, a program of torch.export.',
  },
  { name: '.safetensors', says: 'Names and tensors, as model hubs have them.' },
  {
    name: '…-00001-of-00003…',
    says: 'The shards of a model, with their .index.json or without: all together, or their folder.',
  },
  { name: '.onnx', says: 'A graph with its weights; drop its files of external data with it.' },
  { name: '.keras .h5 .hdf5', says: 'Keras: a whole model or its weights; any other file of HDF5.' },
  { name: '.tflite', says: 'TensorFlow Lite: weights as floats, or as bytes with scale and zero point.' },
  {
    name: '.index .data-…',
    says: 'A TensorFlow checkpoint, or the variables of a SavedModel: index and data together, or their folder.',
  },
  { name: '.msgpack', says: 'Flax: parameters alone, or a training state, of which the parameters are pruned.' },
  { name: '.xml .bin', says: 'OpenVINO: the description of a model and its weights, together.' },
  {
    name: '.gguf',
    says: 'llama.cpp: one file, or all parts of a split one. Quantised weights too, where zero is exact.',
  },
  {
    name: '.pkl .pdparams',
    says: 'Pickled arrays of NumPy, as Detectron2 and PaddlePaddle have them: read as data, never run.',
  },
  {
    name: '.npz .npy',
    says: 'Arrays of NumPy, as the weights of small networks are kept. On an open model they are its inputs instead.',
  },
];

const beside = [
  { name: 'A recipe (.json)', says: 'Alone on an open checkpoint, or together with one: it is applied.' },
  { name: 'An .onnx graph', says: 'Of the weights that are open: their pruning is judged by running it.' },
  { name: '.npy, .npz, images', says: 'Inputs to run the graph on; with labels among the arrays, accuracy is shown.' },
  { name: '.norms.safetensors', says: 'Norms of inputs, for the criterion activation.' },
];

const writes = [
  {
    name: 'The pruned file',
    says: 'The original with zeros in the place of pruned weights: every other byte is the same, and it loads as before.',
  },
  { name: 'More', says: 'Masks, a Python script, reports, a gzipped or sparse file: in the dialog of Export.' },
];

/** What can be opened, what goes with it and what comes out. */
export function FilesHelp() {
  return (
    <>
      <p>Files are told by their content. None is uploaded: this tab reads and writes them on your machine.</p>
      <Facts title="Checkpoints" rows={opens} />
      <Facts title="What goes with one" rows={beside} />
      <Facts title="What comes out" rows={writes} />
    </>
  );
}
