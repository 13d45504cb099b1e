/** Held while the gate is closed; far more than arrives in the moment of a catch-up. */
const MAX_HELD = 10_000;

type Listener = (message: never, channel: never) => void;

/** What of a subscribing client the gate stands in. */
interface Subscribing {
  subscribe(channels: never, listener: Listener, bufferMode?: never): Promise<unknown>;
  pSubscribe(patterns: never, listener: Listener, bufferMode?: never): Promise<unknown>;
}

/**
 * Holds what other servers say, on all channels alike, while this one has not caught up with what it missed; then lets
 * it through in the order in which it came.
 */
export class SubscriptionGate {
  private held: (() => void)[] | undefined;

  get isOpen(): boolean {
    return this.held === undefined;
  }

  /** Every subscription of the client made from now on passes here. */
  guard(client: object): void {
    const subscribing = client as Subscribing;
    for (const name of ['subscribe', 'pSubscribe'] as const) {
      const subscribe = subscribing[name].bind(client);
      const guarded: typeof subscribe = (channels, listener, bufferMode) =>
        subscribe(channels, (message, channel) => this.pass(() => listener(message, channel)), bufferMode);
      Object.defineProperty(client, name, { value: guarded });
    }
  }

  close(): void {
    this.held ??= [];
  }

  /** @param first done before what was held is heard */
  open(first: () => void): void {
    const held = this.held ?? [];
    this.held = undefined;
    first();
    for (const deliver of held) deliver();
  }

  private pass(deliver: () => void): void {
    if (!this.held) return deliver();
    // What falls out is asked for by those who catch up.
    if (this.held.push(deliver) > MAX_HELD) this.held.shift();
  }
}
