import { afterEach, expect, it, vi } from 'vitest';
import { Turns } from '../../../src/lib/turns';

afterEach(() => {
  vi.restoreAllMocks();
});

it('lets waiting messages in, once work went on for long', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  const turns = new Turns();
  let heard = false;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    heard = true;
    port1.close();
  };
  port2.postMessage('cancel');
  await turns.next();
  expect(heard).toBe(false);
  now.mockReturnValue(1000);
  await turns.next();
  expect(heard).toBe(true);
});
