/** XML whose elements and attributes are other ones, as OpenVINO's programs are. */
import { hostileNames } from '../../support/hostileNames';
import { joined, type Mutation, rearranged } from './mutation';

const values = [
  '',
  '-1',
  '1e9',
  'NaN',
  '99999999999999999999',
  '0x10',
  '1,2,,3',
  '-1,-1',
  '4294967296,4294967296',
  ...hostileNames,
];
const insertions = [
  '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY c "&b;&b;&b;&b;">]>',
  '<!ENTITY a SYSTEM "file:///etc/passwd">&a;',
  '&#0;&#x110000;&nothing;',
  '<![CDATA[ <a> ]]>',
  '<!-- -- -->',
  '<?xml version="9"?>',
  '<',
  '</layers>',
  '<layer/>',
];

const tags: Mutation = (bytes, random) => {
  if (bytes[0] !== 0x3c) return undefined;
  const pieces = new TextDecoder().decode(bytes).split(/(?=<)/);
  const at = random.below(pieces.length);
  const piece = pieces[at] ?? '';
  let other = pieces;
  switch (random.below(5)) {
    case 0:
      other = rearranged(pieces, random);
      break;
    case 1:
      other = pieces.slice(0, at);
      break;
    case 2:
      other = pieces.toSpliced(at, 0, random.pick(insertions));
      break;
    case 3: {
      const depth = random.pick([20, 3000, 50_000]);
      other = pieces.toSpliced(at, 0, '<a>'.repeat(depth), '</a>'.repeat(random.chance(0.5) ? depth : 0));
      break;
    }
    default: {
      const attributes = [...piece.matchAll(/="[^"]*"/g)];
      const chosen = attributes.length > 0 ? random.pick(attributes) : undefined;
      const value = `="${random.pick(values)}"`;
      if (chosen)
        other = pieces.with(at, piece.slice(0, chosen.index) + value + piece.slice(chosen.index + chosen[0].length));
    }
  }
  return joined(new TextEncoder().encode(other.join('')));
};

export const xmlMutations: readonly Mutation[] = [tags];
