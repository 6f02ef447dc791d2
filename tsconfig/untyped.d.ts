/** What is everywhere, and neither ECMAScript's library nor Node's types have. */

declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(delta: number): number;
  }
  class Module {
    constructor(bytes: BufferSource);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Global<Type extends 'i32' | 'i64' | 'f64' = 'i32'> {
    value: Type extends 'i64' ? bigint : number;
  }
}

/** A file's text, by the bundler. */
declare module '*?raw' {
  const text: string;
  export default text;
}
