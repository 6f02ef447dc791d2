/** Writes one thing after the other: what comes while one is under way waits, and only the newest of it. */
export class Writer {
  private next: (() => Promise<void>) | undefined;
  private running: Promise<void> | undefined;

  /** @param write never rejects */
  write(write: () => Promise<void>): void {
    this.next = write;
    this.running ??= this.run();
  }

  /** Resolves once nothing waits. */
  async rest(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    for (let write = this.next; write; write = this.next) {
      this.next = undefined;
      await write();
    }
    this.running = undefined;
  }
}
