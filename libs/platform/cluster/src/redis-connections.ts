import { Logger } from '@nestjs/common';
import { createClient } from 'redis';
import { RedisUnreachableError } from './redis-unreachable.js';
import { SubscriptionGate } from './subscription-gate.js';

const MAX_RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** Commands kept while Redis is away; the oldest problem is memory, so there is an end. */
const MAX_QUEUED = 20_000;
const START_TIMEOUT_MS = 15_000;

const logger = new Logger('Redis');

export type RedisClient = ReturnType<typeof open>;

function open(url: string, keepWhileAway: boolean) {
  return createClient({
    url,
    commandsQueueMaxLength: MAX_QUEUED,
    disableOfflineQueue: !keepWhileAway,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 5), MAX_RETRY_MS),
    },
  });
}

export interface RedisConnections {
  /** For publishing: what is said while Redis is away is sent when it is back. */
  publisher: RedisClient;
  /** For subscriptions; they are renewed by themselves. */
  subscriber: RedisClient;
  /** What the subscriptions bring passes here. */
  incoming: SubscriptionGate;
  /** For questions and counters: fails at once while Redis is away. */
  commands: RedisClient;
  close(): Promise<void>;
}

/**
 * Opens the connections. Losing Redis later never ends the process: every client has an error listener, and
 * publishing, which Socket.IO's adapter does not await, cannot reject.
 */
export async function openRedis(url: string): Promise<RedisConnections> {
  const publisher = open(url, true);
  const subscriber = open(url, true);
  const commands = open(url, false);
  const clients = [publisher, subscriber, commands];
  for (const client of clients)
    client.on('error', (error: Error) => logger.debug({ err: error }, 'Redis connection'));
  subscriber.on('reconnecting', () => logger.warn('Redis is away; trying to connect again'));
  catchRejections(publisher);
  const incoming = new SubscriptionGate();
  incoming.guard(subscriber);
  await connectAll(clients);
  return {
    publisher,
    subscriber,
    incoming,
    commands,
    close: async () => {
      for (const client of clients) client.destroy();
    },
  };
}

function catchRejections(publisher: RedisClient): void {
  const publish = publisher.publish.bind(publisher);
  const guarded: typeof publish = (channel, message) =>
    publish(channel, message).catch((error: unknown) => {
      logger.warn({ err: error }, 'Something could not be told to the other servers');
      return 0;
    });
  Object.defineProperty(publisher, 'publish', { value: guarded });
}

async function connectAll(clients: RedisClient[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new RedisUnreachableError(
            'REDIS_URL: Redis cannot be reached. Start it, or unset REDIS_URL for one server.',
          ),
        ),
      START_TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([Promise.all(clients.map((client) => client.connect())), late]);
  } catch (error) {
    for (const client of clients) client.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
