/** Held while the gate is closed; far more than arrives in the moment of a catch-up. */
const MAX_HELD = 10_000;

/** Holds what other servers say while this one catches up with what it missed, and lets it through in order then. */
export class Gate {
  private held: (() => void)[] | undefined;

  get isOpen(): boolean {
    return this.held === undefined;
  }

  close(): void {
    this.held ??= [];
  }

  open(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const deliver of held) deliver();
  }

  pass(deliver: () => void): void {
    if (!this.held) return deliver();
    // What falls out is found by those who compare with the database when the gate opens.
    if (this.held.push(deliver) > MAX_HELD) this.held.shift();
  }
}
