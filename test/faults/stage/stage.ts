import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { startTestRedis, type TestRedis } from '../../support/redis.js';
import { ChatNode } from './chat-node.js';
import { DurablePostgres } from './postgres.js';

/** The chat as operators run it: servers, a PostgreSQL, and, where there are several servers, a Redis. */
export class Stage {
  private incidents: string[] = [];
  nodes: ChatNode[] = [];

  private constructor(
    readonly postgres: DurablePostgres,
    readonly redis: TestRedis | undefined,
  ) {}

  /** @param ending the run is given up: nothing starts again */
  static async start(folder: string, count: number, ending: AbortSignal): Promise<Stage> {
    const postgres = await DurablePostgres.start(join(folder, 'data'));
    const redis = count > 1 ? await startTestRedis() : undefined;
    const stage = new Stage(postgres, redis);
    const home = join(folder, 'servers');
    await mkdir(home, { recursive: true });
    for (const name of ['A', 'B', 'C'].slice(0, count)) {
      const addresses = { databaseUrl: postgres.url, redisUrl: redis?.url };
      const note = (what: string): void => void stage.incidents.push(what);
      stage.nodes.push(await ChatNode.create(name, home, addresses, note, ending));
    }
    try {
      for (const node of stage.nodes) await node.start();
    } catch (error) {
      await stage.stop();
      throw error;
    }
    return stage;
  }

  /** Those that a balancer would lead to, or, when there are none, any. */
  healthy(except?: ChatNode): ChatNode[] {
    const up = this.nodes.filter((node) => node.state === 'up' && node !== except);
    return up.length > 0 ? up : this.nodes;
  }

  /** What servers did since the last time that they may not: end by themselves, or print a stack. */
  takeIncidents(): string[] {
    const { incidents } = this;
    this.incidents = [];
    return [...incidents, ...this.nodes.flatMap((node) => node.takeStderr())];
  }

  /** What servers logged as errors since the last time: what, and how often. */
  takeErrors(): string[] {
    const counts = new Map<string, number>();
    for (const error of this.nodes.flatMap((node) => node.takeErrors()))
      counts.set(error, (counts.get(error) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a).map(([error, count]) => `${count} × ${error}`);
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.close();
    await this.redis?.stop();
    await this.postgres.stop();
  }
}
