import { describe, expect, it } from 'vitest';
import { ownerIdOf, ownerOf, ownersNamed } from '../../../src/tensors/owners';

const decoder = { id: 0 };
const encoder = { id: 1, sameAs: 0 };
const other = { id: 2 };
const tensors = [decoder, encoder, other];

describe('the owner of weights', () => {
  it('is the tensor itself, or the one that it is another name for', () => {
    expect(ownerOf(other, tensors)).toBe(other);
    expect(ownerOf(encoder, tensors)).toBe(decoder);
    expect([other, encoder].map(ownerIdOf)).toEqual([2, 0]);
  });

  it('counts once when several of its names are meant, in the order they were given', () => {
    expect(ownersNamed([1, 0, 1], tensors)).toEqual([decoder]);
    expect(ownersNamed([2, 1], tensors)).toEqual([other, decoder]);
  });
});
