/** Smaller models in Python: a module of the user's made as small as its state dict, and a plan applied to an ONNX file. */
import { pythonString } from './python/literals';
import module from './python/slim/module.py?raw';
import graph from './python/slim/onnx.py?raw';

/** Names that go with `<original>-slim.<ext>`. */
export const slimPlanName = 'slim-plan.json';
export const slimScriptName = 'slim.py';

/**
 * `slim(Model())`: shrinks the module by the plan, and loads the state dict strictly. Both files lie beside the script.
 * @param state name of the slim state dict
 */
export function slimModuleScript(state: string, files: 'torch.save' | 'safetensors'): string {
  const isTorch = files === 'torch.save';
  const load = isTorch
    ? `def load(path):
    return torch.load(path, map_location="cpu", weights_only=True)`
    : `def load(path):
    return load_file(path)`;
  return `"""Makes a PyTorch module as small as its slim state dict. Written by Secateur.

    from slim import slim
    model = slim(Model())

Needs ${isTorch ? 'torch' : 'torch and safetensors'}. The plan says which channels stay, by tensor and axis; numbers that the module's own code
has for its sizes it cannot change: see "remarks" in the plan.
"""

import json
from pathlib import Path

import torch
${isTorch ? '' : 'from safetensors.torch import load_file\n'}from torch import nn

PLAN = Path(__file__).with_name(${pythonString(slimPlanName)})
STATE = Path(__file__).with_name(${pythonString(state)})


${load}


${module}`;
}

/** `python slim.py in.onnx out.onnx`: applies the plan to the model, or to the pruned file, whose masks stay on what remains. */
export function slimGraphScript(): string {
  return `"""Takes from an ONNX model the channels that a plan says. Written by Secateur.

    python slim.py in.onnx out.onnx

Needs onnx and numpy. Kept indices and rewritten constants are in the plan, which --plan names: nothing is computed here. Given the
pruned file, its masks and repaired weights stay on what remains.
"""

import argparse
import itertools
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

PLAN = Path(__file__).with_name(${pythonString(slimPlanName)})


${graph}

def main():
    parser = argparse.ArgumentParser(description="Takes channels from an ONNX model.")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--plan", type=Path, default=PLAN)
    args = parser.parse_args()
    model = onnx.load(args.input)
    slim(model, json.loads(args.plan.read_text()))
    onnx.save(model, args.output)


if __name__ == "__main__":
    main()
`;
}
