export { type CatchUpWork } from './catch-up.js';
export { Cluster, type ClusterListener } from './cluster.js';
export { Everywhere } from './everywhere.js';
export { ClusterModule, REDIS } from './cluster.module.js';
export type { RedisConnections } from './redis-connections.js';
export { RedisUnreachableError } from './redis-unreachable.js';
export { SessionRegistry } from './session-registry.js';
