import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JwtService } from '@nestjs/jwt';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/platform/database';
import { SECRET, type ServerProcess } from './processes.js';

/** One embedded PostgreSQL with default durability, for both kinds of server; each gets a database of its own. */
export class BenchDatabase {
  private constructor(
    private readonly dataDir: string,
    private readonly postgres: EmbeddedPostgres,
  ) {}

  static async start(): Promise<BenchDatabase> {
    const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
    return new BenchDatabase(dataDir, await startEmbeddedPostgres({ dataDir, log: () => undefined }));
  }

  async fresh(name: string): Promise<string> {
    await this.run(this.postgres.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.run(this.postgres.url, `CREATE DATABASE ${name}`);
    return Object.assign(new URL(this.postgres.url), { pathname: `/${name}` }).href;
  }

  /** Process id of the PostgreSQL server; its children are the connections. */
  get pid(): number {
    return Number(readFileSync(join(this.postgres.clusterDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  async run<T = Record<string, unknown>>(url: string, sql: string, params: unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(sql, params).finally(() => client.end());
    return rows as T[];
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

const jwt = new JwtService({ secret: SECRET, signOptions: { expiresIn: '2h' } });

/** A token of the host platform's own server. */
export const hostToken = (): string => jwt.sign({ sub: 'host', role: 'service' });
export const userToken = (sub: string, role = 'customer'): string => jwt.sign({ sub, role });

/** Room names, the users of each being those whose number leaves the same remainder. */
export const roomNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `service_${index}`);

/** Opens the rooms on a Switchboard as the host platform does. */
export async function openRooms(server: ServerProcess, rooms: string[], users: number): Promise<void> {
  for (let index = 0; index < rooms.length; index += 1) {
    const participants = [];
    for (let user = index; user < users; user += rooms.length)
      participants.push({ user_id: user + 1, role: 'customer' });
    for (let at = 0; at === 0 || at < participants.length; at += 100) {
      const response = await fetch(`${server.url}/api/v1/chat/directory/contexts/service_request/${index}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${hostToken()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ participants: participants.slice(at, at + 100) }),
      });
      if (!response.ok) throw new Error(`Opening a room failed: ${response.status} ${await response.text()}`);
    }
  }
}
