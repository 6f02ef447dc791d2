/** What to do next with a file that does not open: sentences that several rows share. */

export const formatsThatOpen =
  'PyTorch (.pth, .pt, .bin, .ckpt, .pt2), safetensors, ONNX, Keras (.keras, .h5), TensorFlow Lite, TensorFlow (.index with .data), Flax (.msgpack), OpenVINO (.xml with .bin), GGUF and NumPy (.npz, .pkl) files';
export const openWeights = `Open the file with the weights: ${formatsThatOpen}.`;
export const unpack = 'Unpack it and open the checkpoint inside.';
export const exportedFrom = 'Open the checkpoint that it was made from.';
export const downloadAgain = 'Download it again.';
export const checkLink = 'Check the link, log in if the site asks for it, and download it again.';
export const loadAndSave = 'Save its state_dict with torch.save, or its tensors with safetensors, and open that.';

/** For what a training run writes beside its weights, under the names that Hugging Face's libraries give them. */
export const weightsBeside =
  'The weights are in another file beside it, such as model.safetensors or pytorch_model.bin: open that.';

/** What Keras writes opens: this was packed by another program. */
export const loadInKeras = 'Load the model in Keras, save it again and open that.';

/** Python of PyTorch 2.3 and later; the folder is the one that holds `.metadata`. */
export const joinShards =
  'Join the shards of its folder with "python -m torch.distributed.checkpoint.format_utils dcp_to_torch <folder> out.pth" and open out.pth.';

/** DeepSpeed puts the script there. It writes one file of that name, since 0.16 a folder with pytorch_model.bin. */
export const joinZero =
  'Join the shards with "python zero_to_fp32.py . joined", run in the folder that holds zero_to_fp32.py and latest, and open what it writes.';

/** @param step what leads to a file that opens, as the end of a sentence */
export function notYet(step: string): string {
  return `Secateur does not open it yet: ${step}.`;
}

/** @param reader what reads the file in Python */
export function saveArrays(reader: string): string {
  return notYet(`read it with ${reader}, save the arrays with safetensors.numpy.save_file and open that`);
}

export const dropTensorFlow = 'The weights are in the .index and .data files beside it: drop those, or their folder.';
export const savedModel = 'Drop that folder (variables.index and its data): Secateur prunes the weights in it.';
