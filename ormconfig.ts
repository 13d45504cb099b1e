import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#libs/platform/database';
import { schema } from './apps/api/src/schema.js';

/** For TypeORM's own command line and editors: the schema on the database that DATABASE_URL names. */
export default new DataSource(
  dataSourceOptions(process.env.DATABASE_URL ?? 'postgres://localhost/switchboard', schema),
);
