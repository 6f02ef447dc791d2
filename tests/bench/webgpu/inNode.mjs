/** Runs the benchmark in Node, where Dawn is the GPU: the implementation of WebGPU that Chromium has. */

/**
 * @param code of bundle.mjs
 * @param flags of Dawn
 * @param dawn what to import the package `webgpu` as
 */
export async function runInNode(code, options, flags, dawn) {
  const { create, globals } = await import(dawn);
  // Otherwise timestamps are multiples of 0.1 ms.
  const gpu = create(['disable-dawn-features=timestamp_quantization', ...flags]);
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  const { benchmark } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  console.log(`Node ${process.version}, Dawn.`);
  await benchmark(gpu, options, (line) => console.log(line));
}
