import { Logger } from '@nestjs/common';
import { createClient } from 'redis';

const MAX_RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * A connection on which nothing is sent or comes for so long is given up. Every one of ours has more to do, so this ends
 * those that were accepted and are never answered: node-redis itself waits for its greeting for ever.
 */
const IDLE_MS = 4_000;
/** Commands under way; the oldest problem is memory, so there is an end. */
const MAX_QUEUED = 20_000;

const logger = new Logger('Redis');

export type RedisClient = ReturnType<typeof redisClient>;

/**
 * A client that fails at once while Redis is away: what has to arrive is kept by the bus. Losing Redis never ends the
 * process, since it has an error listener.
 */
export function redisClient(url: string) {
  const client = createClient({
    url,
    commandsQueueMaxLength: MAX_QUEUED,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 5), MAX_RETRY_MS),
    },
  });
  client.on('error', note);
  return client;
}

/**
 * Gives a silent connection up and makes a new one, which takes its subscriptions over. One that is only being made is
 * left to itself.
 */
export function reconnect(client: RedisClient): void {
  if (!client.isReady) return;
  client.destroy();
  client.connect().catch(note);
}

function note(error: unknown): void {
  logger.debug({ err: error }, 'Redis connection');
}
