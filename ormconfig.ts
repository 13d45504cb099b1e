import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#libs/platform/database';
import { schema } from './apps/api/src/schema.js';

/**
 * For TypeORM's own command line (`npm run typeorm -- migration:show`) and editors: the schema on the database that
 * DATABASE_URL names. Each migration runs in a transaction of its own, as when a server runs it.
 */
export default new DataSource({
  ...dataSourceOptions(process.env.DATABASE_URL ?? 'postgres://localhost/switchboard', schema),
  migrationsTransactionMode: 'each',
});
