import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadConfig } from '#libs/platform/config';
import { createApp } from '../../apps/api/src/create-app.js';
import { releaseConnections } from '../../apps/api/src/release-connections.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { startTestRedis, type TestRedis } from './redis.js';

export const TEST_SECRET = 'a-secret-of-the-test-suite';

/** One server process of a test. */
export interface TestNode {
  app: NestExpressApplication;
  /** http://127.0.0.1:port */
  url: string;
}

export interface TestApp extends TestNode {
  database: TestDatabase;
  /** All servers of the chat; the first is this one. */
  nodes: TestNode[];
  /** Set where there are several servers. */
  redis: TestRedis | undefined;
  close(): Promise<void>;
}

/** How many servers form the chat under test: `TEST_NODES=2 npm test` runs every spec on two. */
export const TEST_NODES = Number(process.env.TEST_NODES ?? '1');

async function startNode(env: Record<string, string>): Promise<TestNode> {
  const config = loadConfig(env);
  const app = await createApp(config);
  await app.listen(config.http.port, config.http.host);
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

/** Settings of all servers, or of each, for specs that put something between one of them and what it needs. */
export type TestEnv =
  Record<string, string> | ((node: number, redisUrl: string) => Promise<Record<string, string>>);

/** Starts the real application, one server or several, on a database of its own and free ports. */
export async function startTestApp(env: TestEnv = {}, count = TEST_NODES): Promise<TestApp> {
  const dataDir = await mkdtemp(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), 'app-'));
  const database = await createTestDatabase();
  const redis = count > 1 ? await startTestRedis() : undefined;
  const settings = {
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '5',
    DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
    // A machine that stands still for seconds is no failure of the server; specs about failures set their own.
    DATABASE_CONNECT_TIMEOUT_MS: '20000',
    DATABASE_QUERY_TIMEOUT_MS: '20000',
    DATABASE_READ_TIMEOUT_MS: '20000',
    DATABASE_READ_WAIT_MS: '20000',
    JWT_SECRET: TEST_SECRET,
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'json',
    PRESENCE_GRACE_MS: '100',
    ...(redis ? { REDIS_URL: redis.url } : {}),
  };
  const nodes: TestNode[] = [];
  for (let index = 0; index < count; index += 1) {
    const own = typeof env === 'function' ? await env(index, redis?.url ?? '') : env;
    nodes.push(await startNode({ ...settings, ...own }));
  }
  return {
    ...(nodes[0] as TestNode),
    nodes,
    database,
    redis,
    close: async () => {
      for (const { app } of nodes) releaseConnections(app.getHttpServer() as Server);
      await Promise.all(nodes.map(({ app }) => app.close()));
      await redis?.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
