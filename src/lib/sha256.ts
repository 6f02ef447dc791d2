/** SHA-256 (FIPS 180-4), at once: Web Crypto answers later, and not at all on pages without a certificate. */

import { BlockHash, rotated } from './blockHash';

export class Sha256 extends BlockHash {
  protected readonly state = Uint32Array.of(
    0x6a09e667,
    0xbb67ae85,
    0x3c6ef372,
    0xa54ff53a,
    0x510e527f,
    0x9b05688c,
    0x1f83d9ab,
    0x5be0cd19,
  );
  private readonly words = new Uint32Array(64);

  protected block(bytes: Uint8Array, at: number): void {
    const { state, words } = this;
    for (let i = 0; i < 16; i++) {
      const from = at + 4 * i;
      words[i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const [early, late] = [words[i - 15]!, words[i - 2]!];
      const first = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
      const second = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
      words[i] = words[i - 16]! + first + words[i - 7]! + second;
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const one = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const first = (h + one + ((e & f) ^ (~e & g)) + constants[i]! + words[i]!) | 0;
      const zero = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const second = (zero + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }
}

/** Of a text in UTF-8, in hexadecimal digits. */
export function sha256OfText(text: string): string {
  return new Sha256().add(new TextEncoder().encode(text)).finish();
}

/** The first 32 bits of the fractions of the cube roots of the first 64 primes. */
const constants = Uint32Array.from(firstPrimes(64), (prime) => {
  const whole = BigInt(prime) << 96n;
  let root = BigInt(Math.floor(Math.cbrt(prime) * 2 ** 32));
  while (root ** 3n > whole) root--;
  while ((root + 1n) ** 3n <= whole) root++;
  return Number(root & 0xffffffffn);
});

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
