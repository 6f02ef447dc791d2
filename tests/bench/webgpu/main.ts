/**
 * The WGSL kernels on the GPU at hand: whether they are right, and how fast they are. One module for Node (where Dawn
 * is `gpu`) and for a page.
 */
import type { Kernels } from '../../../src/kernels/kernels';
import { createWasmKernels } from '../../../src/kernels/wasm/wasmKernels';
import { createKernels } from '../../../src/kernels/webgpu/choose';
import { cases } from '../../webgpu/cases';
import { type Bandwidths, timeMemory } from './memory';
import { mebi, type SpeedOptions, timeOnGpu, timeResident, timeThereAndBack } from './speed';
import { dtypes, residentWorks, works } from './works';

export interface BenchOptions extends SpeedOptions {
  readonly cases: boolean;
  readonly speed: boolean;
  readonly resident: boolean;
  /** MiB of weights that come from the host's memory, by column. */
  readonly hostMegabytes: readonly number[];
}

/** Line by line, so that what was found is there even if something later fails. */
export type Print = (line: string) => void;

/** @param gpu is `navigator.gpu`, too: the cases look there */
export async function benchmark(gpu: GPU, options: BenchOptions, print: Print): Promise<void> {
  print(await described(gpu));
  const wasm = await loadWasm();
  const { choice, record, gpu: chosen } = await createKernels({ wasm, gpu });
  chosen?.destroy();
  print(`Badge: ${choice.name}. On the GPU: ${[...choice.gpuTasks].join(', ') || 'nothing'}.`);
  print(`Trial of both, ms: ${JSON.stringify({ wasm: record.wasm.timing, webgpu: record.webgpu?.timing })}`);
  if (options.cases) await runCases(print);
  if (options.speed) await runSpeed(gpu, wasm, options, print);
  if (options.resident) await runResident(gpu, options, print);
}

async function described(gpu: GPU): Promise<string> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('There is no WebGPU adapter.');
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const kind = isFallbackAdapter ? ', in software' : '';
  const clock = adapter.features.has('timestamp-query') ? 'timestamps of the GPU' : 'time until its queue is done';
  return `Adapter: ${vendor} ${architecture} ${device} ${description}${kind}; ${clock}.`;
}

async function loadWasm(): Promise<Kernels> {
  const url = new URL('../../../src/kernels/wasm/kernels.wasm', import.meta.url);
  return createWasmKernels(await WebAssembly.compileStreaming(fetch(url)));
}

async function runCases(print: Print): Promise<void> {
  let passed = 0;
  for (const { name, run } of cases) {
    try {
      await run();
      passed++;
    } catch (error) {
      print(`FAILED: ${name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  print(`Kernels against the reference: ${passed} cases passed, ${cases.length - passed} failed.`);
}

async function runSpeed(gpu: GPU, wasm: Kernels, options: BenchOptions, print: Print): Promise<void> {
  const { row, head } = tableOf(print);
  const memory = await timeMemory(gpu, options.gpuMegabytes * mebi, 64 * mebi);
  head('the GPU’s memory and the way to it', 'GB/s');
  for (const [what, speed] of memoryRows(memory)) row(what, speed);

  const sizes = options.hostMegabytes.map((megabytes) => `there and back, ${megabytes} MiB`);
  const onGpu = ['16 MiB at once', '15 Mi weights at once'].flatMap((part) => [`on the GPU, ${part}`, 'of its memory']);
  head('GB/s of weights', '', ...sizes, 'WASM, one core', ...onGpu);
  for (const work of [...works, ...residentWorks]) {
    for (const dtype of dtypes) {
      const cells: string[] = [];
      try {
        if ('load' in work) cells.push(...sizes.map(() => ''), '');
        else cells.push(...(await timeThereAndBack(gpu, wasm, work, dtype, options)));
        for (const speed of await timeOnGpu(gpu, wasm, work, dtype, options)) {
          const share = (100 * speed * work.traffic(dtype)) / memory.copyKernel;
          cells.push(figure(speed), `${figure(share)} %`);
        }
      } catch (error) {
        cells.push(String(error));
      }
      row(work.name, dtype.toLowerCase(), ...cells);
    }
  }
}

async function runResident(gpu: GPU, options: BenchOptions, print: Print): Promise<void> {
  const { row, head } = tableOf(print);
  head('weights that stay on the GPU, until the answer is here', '', 'MiB', 'ms', 'GB/s');
  for (const work of residentWorks) {
    for (const dtype of dtypes) {
      for (const megabytes of [64, options.gpuMegabytes]) {
        const milliseconds = await timeResident(gpu, work, dtype, megabytes * mebi, options);
        const speed = (megabytes * mebi) / milliseconds / 1e6;
        row(work.name, dtype.toLowerCase(), megabytes, milliseconds.toFixed(2), figure(speed));
      }
    }
  }
}

function tableOf(print: Print) {
  const row = (...cells: readonly (string | number)[]) => print(`| ${cells.join(' | ')} |`);
  const head = (...cells: readonly string[]) => {
    print('');
    row(...cells);
    row(...cells.map(() => '---'));
  };
  return { row, head };
}

function memoryRows({ copyKernel, readKernel, copyCommand, upload, download }: Bandwidths): [string, string][] {
  return [
    ['copied by a kernel, read and written', figure(copyKernel)],
    ['read by a kernel', figure(readKernel)],
    ['copied by command, read and written', figure(copyCommand)],
    ['64 MiB written to it', figure(upload)],
    ['64 MiB read back', figure(download)],
  ];
}

/** Whole from 10 on, two digits below. */
function figure(value: number): string {
  return value < 10 ? value.toPrecision(2) : value.toFixed(0);
}
