import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Cluster } from '#libs/platform/cluster';
import { Metrics } from '#libs/platform/metrics';
import { closeDatabase, type OpenDatabase } from './connection.js';
import { Database } from './database.js';
import { ConnectionPool, ReadPool } from './pool.js';

const OPEN_DATABASE = Symbol('OPEN_DATABASE');

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(OPEN_DATABASE) private readonly open: OpenDatabase,
    private readonly database: Database,
    metrics: Metrics,
    cluster: Cluster,
  ) {
    database.onDoubt((since) => cluster.doubt(since));
    const figure = (name: string, help: string, read: () => number): void =>
      metrics.gauge(`switchboard_database_pool_${name}`, help, read);
    figure('connections', 'Open database connections', () => database.figures().total);
    figure('idle', 'Idle database connections', () => database.figures().idle);
    figure('waiting', 'Calls that wait for a connection', () => database.figures().waiting);
    metrics.gauge('switchboard_database_reads_connections', 'Open connections for searches and lists', () => {
      return database.figures('reads').total;
    });
    metrics.gaugeBy(
      'switchboard_database_reads_waiting',
      'Searches and lists that wait for their turn',
      'kind',
      () => database.waitingReads,
    );
  }

  /** From here on the module owns the database: it closes it when the application closes. */
  static forRoot(open: OpenDatabase): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: OPEN_DATABASE, useValue: open },
        { provide: ConnectionPool, useValue: open.pool },
        { provide: ReadPool, useValue: open.reads },
        Database,
      ],
      exports: [Database],
    };
  }

  /** Calls back, once, when the embedded PostgreSQL ends by itself; never with a DATABASE_URL. */
  onDatabaseLost(callback: (detail: string) => void): void {
    this.open.embedded?.onUnexpectedExit(callback);
  }

  /** Runs after every other module has finished its work (Nest: shutdown hooks follow destroy hooks). */
  async onApplicationShutdown(): Promise<void> {
    this.database.stopProbing();
    await closeDatabase(this.open);
  }
}
