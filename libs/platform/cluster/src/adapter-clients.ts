import type { RedisBus } from './redis-bus.js';

type Listener = (payload: Buffer, channel: Buffer) => void;

const nothing = (): void => undefined;

/**
 * The clients that Socket.IO's Redis adapter takes, in the shape of node-redis: what it publishes and subscribes to goes
 * by the bus, so that nothing of it is lost, and an emit cannot overtake what was said before it. The adapter ignores
 * what comes from itself, so nothing comes back to its own server.
 */
export interface AdapterClients {
  publisher: object;
  subscriber: object;
}

export function adapterClients(bus: RedisBus): AdapterClients {
  // The adapter listens for errors, of which the bus has none.
  const quiet = { on: nothing, off: nothing, listenerCount: () => 0 };
  const listen = (channels: string | string[], listener: Listener): void => {
    for (const channel of [channels].flat())
      bus.subscribe(channel, (payload, name) => listener(payload, Buffer.from(name)));
  };
  const subscriber = {
    ...quiet,
    pSubscribe: listen,
    subscribe: listen,
    pUnsubscribe: (channel: string) => bus.unsubscribe(channel),
    unsubscribe: (channel: string) => bus.unsubscribe(channel),
  };
  const publisher = {
    ...quiet,
    // By these two the adapter knows node-redis.
    pSubscribe: nothing,
    sSubscribe: nothing,
    publish: (channel: string, payload: string | Buffer) => bus.publish(channel, payload),
    /** Only asked how many servers subscribe to a channel (`PUBSUB NUMSUB`): all do. */
    sendCommand: async ([, , channel]: string[]) => [channel, String(bus.servers)],
  };
  return { publisher, subscriber };
}
