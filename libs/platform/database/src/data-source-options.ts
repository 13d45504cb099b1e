import type { DataSourceOptions, EntitySchema, MixedList } from 'typeorm';

type ClassList = MixedList<(new () => object) | EntitySchema>;

export interface SchemaParts {
  entities: (new () => object)[];
  migrations: (new () => object)[];
}

const CONNECT_TIMEOUT_MS = 5_000;

/** TypeORM's view of the database, for migrations: statements without a time limit, since an index may take long. */
export function dataSourceOptions(url: string, parts: SchemaParts): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    url,
    entities: parts.entities as ClassList,
    migrations: parts.migrations as never,
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
    applicationName: 'switchboard-migrations',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { keepAlive: true },
    poolSize: 2,
    // Migrations make them, under the lock.
    installExtensions: false,
  };
}
