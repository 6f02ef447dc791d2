/** Text files of known content. */
import {
  checkLink,
  dropTensorFlow,
  exportedFrom,
  joinZero,
  loadAndSave,
  openWeights,
  saveArrays,
  weightsBeside,
} from './advice';
import type { Evidence, Recognition, Row } from './row';

/** Somebody may have written it as one. */
const openWeightsOrRecipe = `${openWeights} A recipe begins with "format": "secateur-recipe"; the help has one to begin with.`;

/** What Hugging Face's libraries write beside the weights, as JSON. */
const besideWeights: readonly Row[] = [
  {
    test: json(/"(log_history|best_model_checkpoint|is_hyper_param_search)"\s*:/),
    what: 'the log of a training run (trainer_state.json)',
    advice: weightsBeside,
  },
  {
    endings: [
      'tokenizer.json',
      'tokenizer_config.json',
      'special_tokens_map.json',
      'added_tokens.json',
      'vocab.json',
      'preprocessor_config.json',
      'processor_config.json',
    ],
    test: json(/"/),
    what: 'a file of a tokenizer or preprocessor',
    advice: weightsBeside,
  },
  {
    endings: ['adapter_config.json'],
    test: json(/"peft_type"\s*:/),
    what: 'the configuration of an adapter (PEFT)',
    advice: 'Its weights are in adapter_model.safetensors beside it: open that.',
  },
  { endings: ['generation_config.json'], test: json(/"/), what: 'the settings of a model', advice: weightsBeside },
];

export const byText: readonly Row[] = [
  {
    test: json(/"format"\s*:\s*"secateur-recipe"/),
    what: 'a Secateur recipe',
    advice: 'Open it together with a checkpoint, or after one.',
  },
  ...besideWeights,
  {
    test: json(/"(model_type|architectures|_class_name|torch_dtype)"\s*:/),
    what: 'the configuration of a model',
    advice: openWeights,
  },
  {
    test: ({ text }) => /^\s*\{\s*"(error|errors|message|detail)"\s*:/.test(text),
    what: 'an error message of a web site, not the file that was asked of it',
    advice: checkLink,
  },
  { test: json(/"(modelTopology|weightsManifest)"\s*:/), what: 'a TensorFlow.js model', advice: exportedFrom },
  { test: json(/"learner"\s*:/), what: 'an XGBoost model', advice: openWeights },
  {
    test: json(/"(zarr_format|tree_metadata|use_zarr3|use_ocdbt)"\s*:/),
    what: 'a part of an Orbax (or Zarr) checkpoint',
    advice: saveArrays('orbax.checkpoint.PyTreeCheckpointer().restore'),
  },
  {
    test: ({ text }) => /^\s*[[{]/.test(text) && looksLikeJson(text),
    what: 'a JSON file that is no recipe',
    advice: openWeightsOrRecipe,
  },
  {
    test: ({ text }) => /^\s*(<\?xml[^>]*>\s*)?(<!--((?!-->).)*-->\s*)*<(!doctype html|html|head|body)/is.test(text),
    what: 'a web page',
    advice: 'The link probably led to a page about the file: use its download button.',
  },
  {
    // Object stores answer in XML, model hubs in a few words.
    test: ({ text }) =>
      /^\s*(<\?xml[^>]*>\s*)?<Error>/.test(text) ||
      /^(404|403|Not Found|Entry not found|Repository not found|Access (denied|to model)|Invalid username)/i.test(text),
    what: 'an error message of a web site, not the file that was asked of it',
    advice: checkLink,
  },
  { test: ({ text }) => /^\s*<(\?xml|\w+[\s>])/.test(text), what: 'an XML file', advice: openWeights },
  {
    test: ({ text }) => /^\s*model_checkpoint_path:/.test(text),
    what: 'the note of which TensorFlow checkpoint is the newest',
    advice: dropTensorFlow,
  },
  {
    test: ({ text, fileName }) => fileName === 'latest' && /^[\w.-]+\s*$/.test(text),
    what: 'the note of which folder of a DeepSpeed checkpoint is the newest',
    advice: `Open mp_rank_00_model_states.pt in that folder. With ZeRO 3 the weights are in shards. ${joinZero}`,
  },
  { endings: ['.py', '.ipynb'], what: 'a Python program', advice: openWeights },
  {
    test: ({ text }) => /^(#!.*python|"""|(import|from) \w+)/.test(text),
    what: 'a Python program',
    advice: openWeights,
  },
  {
    // Protocol 0, which is text.
    test: ({ text }) => /^(\([dl]p\d+\n|c[A-Za-z_][\w.]*\n\w+\n)/.test(text),
    what: 'a Python pickle that torch.save did not write',
    advice: `Load it in Python. ${loadAndSave}`,
  },
  { test: ({ text }) => text.startsWith('tree\n'), what: 'a LightGBM model', advice: openWeights },
  { endings: ['merges.txt', 'vocab.txt'], what: 'a file of a tokenizer', advice: weightsBeside },
  {
    endings: ['.yaml', '.yml', '.toml', '.cfg', '.ini', '.prototxt', '.pbtxt'],
    what: 'a configuration file',
    advice: openWeights,
  },
  { endings: ['.csv', '.tsv'], what: 'a table', advice: openWeights },
];

export const plainText: Recognition = { what: 'a text file', advice: openWeights };

/** A JSON object whose beginning matches. */
function json(pattern: RegExp): (evidence: Evidence) => boolean {
  return ({ text }) => /^\s*\{/.test(text) && pattern.test(text);
}

/** Braces also begin other things; JSON goes on with a quote, a number, a bracket or its end. */
function looksLikeJson(text: string): boolean {
  return /^\s*(\{\s*["}]|\[\s*["\d\]{[-])/.test(text);
}
