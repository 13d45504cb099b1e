import { database, network } from './database.js';
import type { Fault } from './fault.js';
import { redis } from './redis.js';
import { servers } from './servers.js';

/** Everything that can be made to fail, by the name of its scenario. */
export const FAULTS: Readonly<Record<string, Fault>> = { ...servers, ...database, ...redis, ...network };
