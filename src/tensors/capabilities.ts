/** What can be done with a checkpoint beside pruning it in place: its format says so when it opens it. */

/** State dicts of it can be written anew as files of this kind. */
export type StateDictFiles = 'torch.save' | 'safetensors';

/** The kinds of files that a Python script can read and write. */
export type ScriptFiles = 'torch.save' | 'TorchScript' | 'safetensors' | 'ONNX';

export interface Capabilities {
  /** Python loads it only where it is told to run what the file names (`weights_only=False`). */
  readonly needsTrust?: true;
  /** It is a graph: it can be run, and its containers are the subgraphs of one model, not dicts that may hold several. */
  readonly graph?: true;
  /** Absent: its tensors are not those of a state dict. */
  readonly stateDict?: StateDictFiles;
  /** Weights that are mostly zeros can be written as values and indices (sparse initializers). */
  readonly sparse?: true;
  /** Absent: no Python script repeats what was done on files of this kind. */
  readonly script?: ScriptFiles;
}
