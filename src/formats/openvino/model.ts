/**
 * The layers of an OpenVINO model and what leads from one to another
 * (https://docs.openvino.ai/2025/documentation/openvino-ir-format.html). Loops and branches have bodies with layers of their own.
 */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { getOrInsert } from '../../lib/maps';
import { tagsIn } from './xml';

export interface Layer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Of its `data`. */
  readonly settings: ReadonlyMap<string, string>;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Which input it is of the layer that it leads to. */
  readonly port: number;
}

/** The model, or a body in it. */
export interface Scope {
  /** '' of the model. */
  readonly name: string;
  /** By id. */
  readonly layers: ReadonlyMap<string, Layer>;
  readonly edges: readonly Edge[];
}

const mostLayers = 2_000_000;
const mostDepth = 200;
/** Before, weights stood in other places of the description. */
const firstVersion = 10;

interface Open {
  readonly element: string;
  readonly scope: { name: string; layers: Map<string, Layer>; edges: Edge[] };
  layer?: { id: string; name: string; type: string; settings: ReadonlyMap<string, string> };
}

/** @throws CheckpointError `malformed-file`; `unsupported-feature` for versions before 10, and beyond limits */
export function readModel(text: string, context: ErrorContext): Scope[] {
  const scopes: Scope[] = [];
  const stack: Open[] = [];
  let count = 0;
  const newScope = (name: string) => {
    const scope = { name, layers: new Map<string, Layer>(), edges: [] };
    scopes.push(scope);
    return scope;
  };
  for (const { name, kind, attributes } of tagsIn(text, context)) {
    const parent = stack.at(-1);
    if (kind === 'close') {
      const closed = stack.pop();
      if (closed?.element !== name)
        throw malformed(`Its description closes <${name.slice(0, 40)}> where it is not open.`, context);
      continue;
    }
    if (!parent) {
      if (scopes.length > 0) continue;
      assertVersion(attributes.get('version'), context);
    }
    const opened: Open = parent ? { element: name, scope: parent.scope } : { element: name, scope: newScope('') };
    if (name === 'layer' && parent?.element === 'layers') {
      if (++count > mostLayers) throw new CheckpointError('unsupported-feature', 'It has too many layers.', context);
      const [id = '', layerName = '', type = ''] = ['id', 'name', 'type'].map((key) => attributes.get(key));
      const { layers } = parent.scope;
      if (layers.has(id)) throw malformed(`Two of its layers have the id ${id.slice(0, 20)}.`, context);
      opened.layer = { id, name: layerName, type, settings: new Map() };
      layers.set(id, opened.layer);
    } else if (name === 'data' && parent?.layer) {
      parent.layer.settings = attributes;
    } else if (name === 'edge' && parent?.element === 'edges') {
      const [from = '', to = '', port = ''] = ['from-layer', 'to-layer', 'to-port'].map((key) => attributes.get(key));
      parent.scope.edges.push({ from, to, port: Number(port) });
    } else if (/(^|_)body$/.test(name) && parent?.layer) {
      const around = parent.scope.name === '' ? '' : `${parent.scope.name}/`;
      stack.push({ element: name, scope: newScope(`${around}${parent.layer.name}/${name}`) });
      if (kind === 'empty') stack.pop();
      continue;
    }
    if (kind === 'empty') continue;
    if (stack.length >= mostDepth) throw malformed('Its description nests too deep.', context);
    stack.push(opened);
  }
  if (stack.length > 0 || scopes.length === 0) {
    throw malformed(`Its description ends before <${stack[0]?.element ?? 'net'}> does.`, {
      ...context,
      advice: 'The file is probably cut short: download or copy it again.',
    });
  }
  return scopes;
}

function assertVersion(version: string | undefined, context: ErrorContext): void {
  const number = Number(version);
  if (number >= firstVersion) return;
  throw new CheckpointError(
    'unsupported-feature',
    `It is an OpenVINO model of version ${version?.slice(0, 20) ?? '(none)'}; Secateur reads those since ${firstVersion} (2020).`,
    { ...context, advice: 'Convert the original model again with ovc of a newer OpenVINO.' },
  );
}

/** The layers that a layer's output leads to, each with the input that it is there. */
export function followersIn({ layers, edges }: Scope): ReadonlyMap<string, readonly { layer: Layer; port: number }[]> {
  const followers = new Map<string, { layer: Layer; port: number }[]>();
  for (const { from, to, port } of edges) {
    const layer = layers.get(to);
    if (!layer) continue;
    getOrInsert(followers, from, () => []).push({ layer, port });
  }
  return followers;
}
