/** Units of the graph as channels of the open checkpoint: its tensors, its axes. */
import { costsOf, whole } from '../../graph/slim/costs';
import { keptWithout } from '../../graph/slim/plan';
import type { Removed, Unit } from '../../graph/slim/units';
import { getOrInsert } from '../../lib/maps';
import { sha256OfText } from '../../lib/sha256';
import type { ChannelGroup, Channels, ChannelUnit, PinnedChannels } from '../../pruning/channels';
import type { Pairing } from '../protocol';
import type { ScoredUnits } from './analysedUnits';
import type { Analysis } from './analysis';

type Take = ChannelUnit['takes'][number];

/** @param foldedIn tensors of the checkpoint that the graph has in a layer before */
export function channelsOf(analysis: Analysis, scored: ScoredUnits, foldedIn: Pairing['foldedIn']): Channels {
  const { model, walk, units, samples, isParameter } = analysis;
  const all = costsOf(walk, whole, isParameter);
  const takesOf = new Taking(analysis, foldedIn);
  const groups = new Map<number, { name: string; units: ChannelUnit[]; macs: number; parameters: number }>();
  for (const unit of units.units) {
    const takes = takesOf.of(unit);
    // The checkpoint has none of it.
    if (takes.length === 0) continue;
    const group = getOrInsert(groups, unit.group, () => {
      // Units of a group are indices of the same axes: what goes with one goes with another.
      const without = costsOf(walk, keptWithout(walk, [unit]), isParameter);
      const macs = (all.macs - without.macs) / samples;
      return { name: nameOf(analysis, unit), units: [], macs, parameters: all.parameters - without.parameters };
    });
    const { macs, parameters } = group;
    const score = scored.scores.get(unit) ?? 0;
    group.units.push({ slot: unit.slot, score, dead: scored.dead.has(unit), macs, parameters, takes });
  }
  const found = [...groups].map(([id, { name, units: own }]): ChannelGroup => ({ id, name, units: own }));
  const graph = model.graph.fileName;
  const content = found.map(({ units: own }) => own.map(({ slot, score }) => [slot, score]));
  const key = sha256OfText(JSON.stringify([graph, scored.score, content]));
  return { key, graph, score: scored.score, groups: found, pinned: pinnedOf(analysis) };
}

/** The layer that gives its channels, by the checkpoint's name where it has one. */
function nameOf({ model }: Analysis, { removes }: Unit): string {
  const first = removes.find(({ role }) => role === 'produces') ?? removes[0];
  const name = first?.weight.name ?? '';
  return model.targetsOf(name)[0]?.tensor.name ?? name;
}

class Taking {
  private readonly analysis: Analysis;
  /** By the name of the layer in the checkpoint. */
  private readonly foldedIn = new Map<string, Pairing['foldedIn'][number][]>();
  /** Lists that several layers share, and that are cut apart: the checkpoint has them once. */
  private readonly shared = new Set<string>();

  constructor(analysis: Analysis, foldedIn: Pairing['foldedIn']) {
    this.analysis = analysis;
    const seen = new Set<string>();
    for (const { name } of analysis.walk.weights) {
      if (seen.has(name)) this.shared.add(name);
      seen.add(name);
    }
    // A mean or a variance of zero is another norm, not none.
    const zeroable = foldedIn.filter(({ name }) => !/running_(mean|var)$/.test(name));
    for (const each of zeroable) getOrInsert(this.foldedIn, each.layer, () => []).push(each);
  }

  of({ removes }: Unit): Take[] {
    return removes
      .filter(({ weight }) => weight.zeroable && !this.shared.has(weight.name))
      .flatMap((removed) => this.taken(removed));
  }

  private taken({ weight, axis, indices, role }: Removed): Take[] {
    return this.analysis.model.targetsOf(weight.name).flatMap(({ tensor, transposed }) => {
      const own = { tensor: tensor.id, axis: transposed ? 1 - axis : axis, indices, role };
      const folded = role === 'produces' ? (this.foldedIn.get(tensor.name) ?? []) : [];
      return [
        own,
        ...folded.map(({ tensor: norm }) => ({ tensor: norm, axis: 0, indices, role: 'goes along' as const })),
      ];
    });
  }
}

function pinnedOf({ model, units }: Analysis): PinnedChannels[] {
  const counts = new Map<string, PinnedChannels & { count: number }>();
  for (const { holds, why } of units.pinned) {
    for (const { weight, axis, indices, role } of holds) {
      if (role === 'goes along') continue;
      for (const { tensor, transposed } of model.targetsOf(weight.name)) {
        const own = transposed ? 1 - axis : axis;
        getOrInsert(counts, JSON.stringify([tensor.id, own, why]), () => ({
          ...{ tensor: tensor.id, axis: own, count: 0, why },
        })).count += indices.length;
      }
    }
  }
  return [...counts.values()];
}
