export { advisoryLock, sharedLockSql } from './advisory-lock.js';
export { isDatabaseAway } from './availability.js';
export { UnsuitableDatabaseError } from './check-server.js';
export { closeDatabase, openDatabase, type OpenDatabase } from './connection.js';
export { dataSourceOptions, type SchemaParts } from './data-source-options.js';
export { type ReadKind } from './read-lanes.js';
export { Database, type PoolFigures, type Transaction } from './database.js';
export { DatabaseModule } from './database.module.js';
export {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded/embedded-postgres.js';
export { MIGRATION_LOCK, runMigrations } from './migrate.js';
export { escapeLike } from './escape-like.js';
export { groupedLoader } from './grouped-loader.js';
export { UnconfirmedStatementError } from './unconfirmed-commit.js';
