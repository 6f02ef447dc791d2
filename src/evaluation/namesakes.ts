/** Which tensor of a graph has the name of which tensor of a checkpoint. */
import type { TensorId } from '../tensors/tensor';

interface Named {
  readonly name: string;
}

/** What is put before the names of either side: `module.` and nothing, as a rule. */
interface Prefixes {
  readonly own: string;
  readonly other: string;
}

/** Wrappers that a file's names are in, more or less: a class for each part of a model, at most. */
const mostPrefixes = 16;

/**
 * Names are equal as they stand, or up to a prefix (`module.`, `model.`) of either side. Which prefixes, those names tell that
 * only one tensor of each side ends with: `conv1.weight` may be many layers' end, but after them it is one layer's name.
 */
export function namesakes<Place extends Named>(
  tensors: readonly (Named & { readonly id: TensorId })[],
  places: readonly Place[],
): Map<TensorId, Place> {
  const free = new Map(places.map((place) => [place.name, place]));
  const named = new Map<TensorId, Place>();
  const take = (id: TensorId, name: string) => {
    const place = named.has(id) ? undefined : free.get(name);
    if (!place) return;
    named.set(id, place);
    free.delete(name);
  };
  for (const { id, name } of tensors) take(id, name);
  const alike = endsAlike(tensors, places);
  for (const { own, other } of prefixesOf(alike)) {
    for (const { id, name } of tensors) if (name.startsWith(own)) take(id, other + name.slice(own.length));
  }
  for (const { tensor, place } of alike) take(tensor.id, place.name);
  return named;
}

interface Alike<Tensor, Place> {
  readonly tensor: Tensor;
  readonly place: Place;
  readonly prefixes: Prefixes;
}

/** Those that end alike, and as no other of their side does; the longest ends. */
function endsAlike<Tensor extends Named, Place extends Named>(
  tensors: readonly Tensor[],
  places: readonly Place[],
): Alike<Tensor, Place>[] {
  const ofTensors = ownersOf(tensors);
  const ofPlaces = ownersOf(places);
  return tensors.flatMap((tensor) => {
    const end = endsOf(tensor.name).find((each) => ofTensors.get(each) === tensor && ofPlaces.get(each));
    const place = end === undefined ? undefined : ofPlaces.get(end);
    if (end === undefined || !place) return [];
    const before = ({ name }: Named) => name.slice(0, name.length - end.length);
    return [{ tensor, place, prefixes: { own: before(tensor), other: before(place) } }];
  });
}

/** Those that most names have first. */
function prefixesOf(alike: readonly { readonly prefixes: Prefixes }[]): Prefixes[] {
  const counts = new Map<string, { readonly prefixes: Prefixes; count: number }>();
  for (const { prefixes } of alike) {
    const key = JSON.stringify([prefixes.own, prefixes.other]);
    const counted = counts.get(key) ?? { prefixes, count: 0 };
    counted.count++;
    counts.set(key, counted);
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count);
  return sorted.slice(0, mostPrefixes).map(({ prefixes }) => prefixes);
}

/** By end; undefined where it is not one tensor's alone. */
function ownersOf<Owner extends Named>(all: readonly Owner[]): Map<string, Owner | undefined> {
  const owners = new Map<string, Owner | undefined>();
  for (const each of all) {
    for (const end of endsOf(each.name)) owners.set(end, owners.has(end) ? undefined : each);
  }
  return owners;
}

/** `module.fc.weight` → itself, `fc.weight`; never the last part alone. */
function endsOf(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(0, Math.max(1, parts.length - 1)).map((_, i) => parts.slice(i).join('.'));
}
