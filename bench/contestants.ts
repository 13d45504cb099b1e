import { ROOT, startFloor, startSwitchboard, type ServerProcess } from './processes.js';
import { openRooms } from './setup.js';

/** A server that takes part. */
export interface Contestant {
  /** Also that of its database. */
  name: string;
  /** Where it stores messages. */
  table: string;
  start(databaseUrl: string, dataDir: string): Promise<ServerProcess>;
  /** Makes rooms for users, where the server asks for that. */
  open(server: ServerProcess, rooms: string[], users: number): Promise<void>;
}

const floor = (mode: 'single' | 'grouped'): Contestant => ({
  name: `floor-${mode}`,
  table: 'floor_messages',
  start: (databaseUrl) => startFloor(databaseUrl, mode),
  open: () => Promise.resolve(),
});

/** The server that was built in a checkout. */
export const switchboardOf = (name: string, checkout: string): Contestant => ({
  name,
  table: 'messages',
  start: (databaseUrl, dataDir) => startSwitchboard(databaseUrl, dataDir, undefined, checkout),
  open: openRooms,
});

export const FLOOR_SINGLE = floor('single');
export const FLOOR_GROUPED = floor('grouped');
export const SWITCHBOARD = switchboardOf('switchboard', ROOT);
