/** The pieces of Python that scripts are put together from, each a file that can be read for itself. */
import { known } from '../../lib/known';
import blocks from './parts/blocks.py?raw';
import byChance from './parts/by_chance.py?raw';
import byNorm from './parts/by_norm.py?raw';
import channels from './parts/channels.py?raw';
import countOf from './parts/count_of.py?raw';
import deviation from './parts/deviation.py?raw';
import each from './parts/each.py?raw';
import erkCounts from './parts/erk_counts.py?raw';
import groups from './parts/groups.py?raw';
import holdBack from './parts/hold_back.py?raw';
import keepNOfM from './parts/keep_n_of_m.py?raw';
import lampScores from './parts/lamp_scores.py?raw';
import layer from './parts/layer.py?raw';
import left from './parts/left.py?raw';
import lowest from './parts/lowest.py?raw';
import lowestPruning from './parts/lowest_pruning.py?raw';
import onnxFiles from './parts/onnx_files.py?raw';
import products from './parts/products.py?raw';
import pytorchFiles from './parts/pytorch_files.py?raw';
import randomScores from './parts/random_scores.py?raw';
import randomWeights from './parts/random_weights.py?raw';
import readNorms from './parts/read_norms.py?raw';
import relative from './parts/relative.py?raw';
import repair from './parts/repair.py?raw';
import safetensorsFiles from './parts/safetensors_files.py?raw';
import takeChannels from './parts/take_channels.py?raw';
import takeGroupsUpTo from './parts/take_groups_up_to.py?raw';
import takeLowestGroups from './parts/take_lowest_groups.py?raw';
import takeLowestOfRows from './parts/take_lowest_of_rows.py?raw';
import thresholdPruning from './parts/threshold_pruning.py?raw';
import torchscriptFiles from './parts/torchscript_files.py?raw';
import weightsOf from './parts/weights_of.py?raw';

interface ScriptPart {
  readonly source: string;
  /** Lines. */
  readonly imports: readonly string[];
  /** Parts that it calls. */
  readonly needs: readonly string[];
}

const torch = 'import torch';
const math = 'import math';
const numpy = 'import numpy as np';
const nn = 'from torch import nn';
const prune = 'from torch.nn.utils import prune';

/** In the order in which they are written. */
const parts = {
  layer: { source: layer, imports: [nn, prune], needs: [] },
  left: { source: left, imports: [torch], needs: [] },
  lowest: { source: lowest, imports: [math, torch], needs: [] },
  count_of: { source: countOf, imports: [], needs: [] },
  hold_back: { source: holdBack, imports: [math], needs: ['lowest'] },
  threshold_pruning: { source: thresholdPruning, imports: [torch, prune], needs: [] },
  lowest_pruning: { source: lowestPruning, imports: [prune], needs: ['lowest', 'count_of'] },
  deviation: { source: deviation, imports: [], needs: [] },
  random_scores: { source: randomScores, imports: [numpy, torch], needs: [] },
  random_weights: { source: randomWeights, imports: [math], needs: ['random_scores'] },
  products: { source: products, imports: [math, torch], needs: [] },
  relative: { source: relative, imports: [math, torch], needs: [] },
  lamp_scores: { source: lampScores, imports: [math, torch], needs: ['left'] },
  erk_counts: { source: erkCounts, imports: [math], needs: [] },
  groups: { source: groups, imports: [math, torch, prune], needs: ['left'] },
  channels: { source: channels, imports: [], needs: ['groups'] },
  blocks: { source: blocks, imports: [], needs: ['groups'] },
  by_norm: { source: byNorm, imports: [math, torch], needs: ['groups', 'left'] },
  by_chance: { source: byChance, imports: [], needs: ['groups', 'random_scores'] },
  take_lowest_groups: {
    source: takeLowestGroups,
    imports: [torch],
    needs: ['groups', 'lowest', 'count_of', 'hold_back'],
  },
  take_groups_up_to: { source: takeGroupsUpTo, imports: [torch], needs: ['groups', 'hold_back'] },
  keep_n_of_m: { source: keepNOfM, imports: [math, torch, prune], needs: ['left'] },
  take_lowest_of_rows: { source: takeLowestOfRows, imports: [math, prune], needs: ['left', 'count_of'] },
  take_channels: { source: takeChannels, imports: [torch, prune], needs: [] },
  read_norms: { source: readNorms, imports: ['import sys', 'import safetensors.torch'], needs: [] },
  repair: { source: repair, imports: ['import hashlib', 'import sys', 'import safetensors.torch'], needs: [] },
  weights_of: { source: weightsOf, imports: ['import sys'], needs: [] },
  pytorch_files: { source: pytorchFiles, imports: ['import pickle', 'import sys', torch, nn], needs: ['weights_of'] },
  torchscript_files: { source: torchscriptFiles, imports: [torch], needs: ['weights_of'] },
  onnx_files: {
    source: onnxFiles,
    imports: [
      numpy,
      'import onnx',
      torch,
      'from onnx import numpy_helper',
      'from onnx.external_data_helper import uses_external_data',
    ],
    needs: ['weights_of'],
  },
  each: { source: each, imports: [], needs: [] },
  safetensors_files: {
    source: safetensorsFiles,
    imports: [
      'import json',
      'import shutil',
      'import sys',
      'from pathlib import Path',
      // By their module: Ray cannot carry safe_open itself to other processes.
      'import safetensors',
      'import safetensors.torch',
    ],
    needs: ['each'],
  },
} satisfies Readonly<Record<string, ScriptPart>>;

const byName: ReadonlyMap<string, ScriptPart> = new Map(Object.entries(parts));

/** The parts named and all that they call, in order. @param names of parts there are, as records say them */
export function partsFor(names: readonly string[]): ScriptPart[] {
  const wanted = new Set(names);
  // The set grows while it is walked.
  for (const name of wanted) for (const needed of known(byName, name).needs) wanted.add(needed);
  return [...byName].filter(([name]) => wanted.has(name)).map(([, part]) => part);
}
