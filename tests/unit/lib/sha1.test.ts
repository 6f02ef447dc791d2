import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sha1 } from '../../../src/lib/sha1';

it('is that of the platform, in whatever pieces a message comes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
      const hash = new Sha1();
      for (const piece of pieces) hash.add(piece);
      expect(hash.finish()).toBe(createHash('sha1').update(Buffer.concat(pieces)).digest('hex'));
    }),
  );
});
