/** What may be known at once, or later. */
export type Awaitable<Value> = Value | Promise<Value>;
