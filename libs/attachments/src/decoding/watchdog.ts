/**
 * Runs in a thread of its own, since a decoder that works for ever never lets its process look at anything: ends the
 * process when its time is used up, or when nobody is left whom it works for.
 */
import { workerData } from 'node:worker_threads';
import { OUT_OF_TIME } from './protocol.js';

const LOOK_EVERY_MS = 100;
const { endsAt, parent } = workerData as { endsAt: Float64Array; parent: number };

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  const end = endsAt[0] ?? 0;
  const { user, system } = process.cpuUsage();
  if (end > 0 && (user + system) / 1000 > end) process.kill(process.pid, OUT_OF_TIME);
}, LOOK_EVERY_MS);
