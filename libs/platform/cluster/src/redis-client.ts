import { Logger } from '@nestjs/common';
import { createClient } from 'redis';

const MAX_RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 3_000;
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
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 5), MAX_RETRY_MS),
    },
  });
  client.on('error', note);
  return client;
}

/** Gives a silent connection up and makes a new one; subscriptions go with it. */
export function reconnect(client: RedisClient): void {
  if (client.isOpen) client.destroy();
  client.connect().catch(note);
}

function note(error: unknown): void {
  logger.debug({ err: error }, 'Redis connection');
}
