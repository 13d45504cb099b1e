import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '#libs/platform/config';
import { Cluster } from './cluster.js';
import { LocalCluster } from './local-cluster.js';
import { RedisCluster } from './redis-cluster.js';
import type { RedisConnections } from './redis-connections.js';
import { RedisSessionRegistry } from './redis-session-registry.js';
import { LocalSessionRegistry, SessionRegistry } from './session-registry.js';

/** The connections, or null for a single server. */
export const REDIS = Symbol('REDIS');

async function openConnections(config: AppConfig): Promise<RedisConnections | null> {
  if (!config.redis.url) return null;
  // Hundreds of files that a single server does not load.
  const { openRedis } = await import('./redis-connections.js');
  return openRedis(config.redis.url);
}

async function openCluster(redis: RedisConnections | null): Promise<Cluster> {
  if (!redis) return new LocalCluster();
  const cluster = new RedisCluster(redis);
  await cluster.start();
  return cluster;
}

async function openRegistry(
  redis: RedisConnections | null,
  cluster: Cluster,
  { presence }: AppConfig,
): Promise<SessionRegistry> {
  if (!redis) return new LocalSessionRegistry();
  const registry = new RedisSessionRegistry(redis, cluster, presence.graceMs);
  await registry.start();
  return registry;
}

@Global()
@Module({
  providers: [
    { provide: REDIS, inject: [AppConfig], useFactory: openConnections },
    { provide: Cluster, inject: [REDIS], useFactory: openCluster },
    { provide: SessionRegistry, inject: [REDIS, Cluster, AppConfig], useFactory: openRegistry },
  ],
  exports: [REDIS, Cluster, SessionRegistry],
})
export class ClusterModule implements OnApplicationShutdown {
  constructor(
    @Inject(REDIS) private readonly redis: RedisConnections | null,
    private readonly registry: SessionRegistry,
    private readonly cluster: Cluster,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.registry instanceof RedisSessionRegistry) await this.registry.stop();
    if (this.cluster instanceof RedisCluster) await this.cluster.stop();
    await this.redis?.close();
  }
}
