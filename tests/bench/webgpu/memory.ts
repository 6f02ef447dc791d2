/** How fast bytes move: within GPU memory, to the GPU and back. What kernels are held against. */
import { requestDevice, usage } from './recorder';
import { median, rate, timedPass, timeRuns } from './timing';

const threads = 256;
/** One thread to 16 bytes, 32 times. */
const perThread = 32;

const copyWgsl = /* wgsl */ `
@group(0) @binding(0) var<storage, read> source: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> written: array<vec4<u32>>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  for (var k = 0u; k < ${perThread}u; k++) {
    let i = (group.x * ${perThread}u + k) * ${threads}u + thread;
    written[i] = source[i];
  }
}
`;

/** Writes next to nothing; what is read has to be looked at, though. */
const readWgsl = /* wgsl */ `
@group(0) @binding(0) var<storage, read> source: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> written: array<vec4<u32>>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  var all = vec4(0u);
  for (var k = 0u; k < ${perThread}u; k++) {
    all |= source[(group.x * ${perThread}u + k) * ${threads}u + thread];
  }
  if (all.x == 0x12345678u) { written[group.x] = all; }
}
`;

/** GB/s. */
export interface Bandwidths {
  /** By a kernel, bytes read and bytes written counted together. */
  readonly copyKernel: number;
  readonly readKernel: number;
  /** By the copy command, counted likewise. */
  readonly copyCommand: number;
  readonly upload: number;
  readonly download: number;
}

/** @param total bytes that are moved among: more than any cache holds @param partBytes in one buffer, a multiple of 128 KiB */
export async function timeMemory(gpu: GPU, total: number, partBytes: number): Promise<Bandwidths> {
  const device = await requestDevice(gpu);
  const count = Math.max(2, Math.floor(total / partBytes));
  const kind = usage.storage | usage.copySource | usage.copyDestination;
  const create = (usage: number) => device.createBuffer({ size: partBytes, usage });
  const buffers = Array.from({ length: count }, () => create(kind));
  const bytes = crypto.getRandomValues(new Uint8Array(2 ** 16));
  const part = new Uint8Array(partBytes);
  for (let at = 0; at < partBytes; at += bytes.length) part.set(bytes, at);
  for (const buffer of buffers) device.queue.writeBuffer(buffer, 0, part);
  const pairs = buffers.map((source, i) => [source, buffers[(i + 1) % count]!] as const);
  const moved = count * partBytes;

  const timeKernel = async (code: string) => {
    const module = device.createShaderModule({ code });
    const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
    const groups = pairs.map((pair) =>
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: pair.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    const times: number[] = [];
    for (let i = 0; i < 6; i++) {
      const milliseconds = await timedPass(device, (pass) => {
        pass.setPipeline(pipeline);
        for (const group of groups) {
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(partBytes / 16 / threads / perThread);
        }
      });
      if (i > 0) times.push(milliseconds);
    }
    return median(times);
  };
  const copyKernel = rate(2 * moved, await timeKernel(copyWgsl));
  const readKernel = rate(moved, await timeKernel(readWgsl));

  const copyMilliseconds = await timeRuns(5, async () => {
    const encoder = device.createCommandEncoder();
    for (const [source, target] of pairs) encoder.copyBufferToBuffer(source, 0, target, 0, partBytes);
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  });
  const uploadMilliseconds = await timeRuns(5, async () => {
    device.queue.writeBuffer(buffers[0]!, 0, part);
    await device.queue.onSubmittedWorkDone();
  });
  const mapRead = 0x1;
  const read = create(mapRead | usage.copyDestination);
  const downloadMilliseconds = await timeRuns(5, async () => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffers[0]!, 0, read, 0, partBytes);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(mapRead);
    part.set(new Uint8Array(read.getMappedRange()));
    read.unmap();
  });
  device.destroy();
  return {
    copyKernel,
    readKernel,
    copyCommand: rate(2 * moved, copyMilliseconds),
    upload: rate(partBytes, uploadMilliseconds),
    download: rate(partBytes, downloadMilliseconds),
  };
}
