import { randomUUID } from 'node:crypto';
import { Cluster } from './cluster.js';

/** A single server. */
export class LocalCluster extends Cluster {
  readonly nodeId = randomUUID();
  readonly shared = false;
  readonly connected = true;
  readonly adapterClients = null;

  async publish(): Promise<void> {
    // There is nobody to tell.
  }
  async flushed(): Promise<void> {
    // There is nobody who could be late.
  }
  on(): void {
    // Nobody will tell anything.
  }
  doubt(since: number): void {
    void this.catchUp.run(since);
  }
}
