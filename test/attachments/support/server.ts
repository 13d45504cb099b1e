import { FileJobs } from '#libs/attachments';
import { Database } from '#libs/platform/database';
import type { World } from '../../support/world.js';

/** The care for files that otherwise runs from time to time. */
export async function careForFiles(world: World): Promise<void> {
  const jobs = world.server.app.get(FileJobs);
  await jobs.run();
  await jobs.removeOrphans();
  await jobs.removeLeftovers();
}

export const sql = <T = Record<string, unknown>>(
  world: World,
  text: string,
  params: unknown[] = [],
): Promise<T[]> => world.server.app.get(Database).query<T>(text, params);

export async function rowCount(world: World): Promise<number> {
  const [row] = await sql<{ count: string }>(world, 'SELECT count(*) FROM attachments');
  return Number(row?.count);
}
