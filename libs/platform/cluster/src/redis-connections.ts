import { redisClient, type RedisClient } from './redis-client.js';
import { RedisCommands } from './redis-commands.js';
import { RedisUnreachableError } from './redis-unreachable.js';

const START_TIMEOUT_MS = 15_000;

export interface RedisConnections {
  publisher: RedisClient;
  /** For subscriptions; they are renewed by themselves. */
  subscriber: RedisClient;
  /** For questions and counters. */
  commands: RedisCommands;
  close(): Promise<void>;
}

export async function openRedis(url: string): Promise<RedisConnections> {
  const [publisher, subscriber, client] = [redisClient(url), redisClient(url), redisClient(url)];
  const clients = [publisher, subscriber, client];
  await connectAll(clients);
  const commands = new RedisCommands(client);
  return {
    publisher,
    subscriber,
    commands,
    close: async () => {
      commands.stop();
      for (const one of clients) one.destroy();
    },
  };
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
