import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sha256, sha256OfText } from '../../../src/lib/sha256';

describe('SHA-256', () => {
  it('equals that of Node on any bytes, in pieces of any size', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
    fc.assert(
      fc.property(pieces, (some) => {
        const [own, other] = [new Sha256(), createHash('sha256')];
        for (const bytes of some) {
          own.add(bytes);
          other.update(bytes);
        }
        expect(own.finish()).toBe(other.digest('hex'));
      }),
    );
  });

  it('takes texts as UTF-8', () => {
    expect(sha256OfText('größer')).toBe(createHash('sha256').update('größer').digest('hex'));
  });
});
