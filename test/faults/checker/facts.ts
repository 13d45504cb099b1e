/** What happened in one run, as its clients and the fault injector noted it down: all that the checker knows. */

/** Milliseconds since the run began. */
export type Time = number;

/** One try to have something done, and what became of it. */
export interface Attempt {
  at: Time;
  /** When the answer came, or there was none to be expected any more. */
  until: Time;
  /** The server that was asked. */
  node: string;
  /** The connection that was asked on; undefined for REST. */
  connection?: string;
  /** `timeout`: no answer although the connection stayed; `cut`: the connection ended first. */
  outcome: 'done' | 'refused' | 'timeout' | 'cut';
  /** Of a refusal. */
  code?: string;
}

/** A message that somebody wanted to send: tried again with the same client id until it was acknowledged. */
export interface Said {
  room: string;
  person: string;
  clientId: string;
  text: string;
  attempts: Attempt[];
  /** As it was acknowledged; not every dialect tells the number. */
  stored?: { id: string; seq?: number; at: Time };
  /** Was tried once only, whatever came of it. */
  once?: boolean;
}

/** An edit of somebody's own message, or its deletion (`text` is null). The author makes one after the other. */
export interface Change {
  room: string;
  id: string;
  person: string;
  version: number;
  text: string | null;
  attempts: Attempt[];
  doneAt?: Time;
}

/** Somebody is no longer a participant of a room. */
export interface Removal {
  room: string;
  person: string;
  by: 'removal' | 'ban';
  attempts: Attempt[];
  doneAt?: Time;
}

/** Something that was acknowledged and has to be so in the end: a mark of reading, a reaction, a role, a member. */
export interface Standing {
  kind: 'read' | 'reaction' | 'role' | 'member';
  room: string;
  person: string;
  /** Messages that were read, `id emoji` of a reaction, a role. */
  what: string[];
  attempts: Attempt[];
  doneAt?: Time;
}

export interface Connection {
  name: string;
  person: string;
  dialect: string;
  node: string;
  openedAt: Time;
  closedAt?: Time;
  told: Told[];
  /** Joins that were refused with SERVICE_UNAVAILABLE and asked for again. */
  refusedJoins: number;
}

export interface Shown {
  id: string;
  text: string;
  deleted: boolean;
}

/** What a socket was told: a message as it is now. */
export interface Told extends Shown {
  at: Time;
  room: string;
  kind: 'message' | 'edited' | 'deleted';
  /** Where the dialect tells it. */
  seq?: number;
}

/** What one client shows of a room in the end. */
export interface View {
  client: string;
  person: string;
  room: string;
  connection: string;
  messages: Shown[];
}

/** A message as a fresh look at the canonical API finds it. */
export interface Stored extends Shown {
  seq: number;
  sender: string | null;
  clientId: string | null;
  readBy: string[];
  /** `emoji` → people. */
  reactions: Record<string, string[]>;
}

export interface StoredRoom {
  room: string;
  messages: Stored[];
  /** Person → role. */
  participants: Record<string, string>;
}

/** A fault while it lasts. */
export interface Window {
  fault: string;
  from: Time;
  to: Time;
  /** Servers that the fault concerns. */
  nodes: string[];
  /** What they have to do without, or that they do not run themselves. */
  without: 'database' | 'redis' | 'server' | 'speed';
}

export interface OnlineList {
  room: string;
  node: string;
  /** Undefined when it did not answer. */
  online: string[] | undefined;
  connected: string[];
}

/** What somebody who was removed could still do in the end. */
export interface Intrusion {
  room: string;
  person: string;
  what: string;
}

/** The process of the harness stood still: whatever was measured in it may have taken less. */
export interface Stall {
  from: Time;
  to: Time;
}

/** A call that has to be answered at all times: reading a room by REST. */
export interface Probe {
  room: string;
  attempts: Attempt[];
}

export interface Facts {
  windows: Window[];
  said: Said[];
  changes: Change[];
  removals: Removal[];
  standing: Standing[];
  probes: Probe[];
  connections: Connection[];
  views: View[];
  rooms: StoredRoom[];
  online: OnlineList[];
  intrusions: Intrusion[];
  stalls: Stall[];
  /** How many times longer everything takes on this machine now than on one that has nothing else to do: 1 or more. */
  strain: number;
  /** What kept the run from coming to rest: clients that did not come back, servers that ended by themselves … */
  troubles: string[];
}

/** A promise that was broken, and what shows it. */
export interface Violation {
  promise: PromiseName;
  what: string;
}

/** The promises, as they are named in the results. */
export const PROMISES = {
  kept: 'what was acknowledged is stored, as it was numbered and said',
  once: 'what was said once is stored once, numbered without a gap',
  order: 'a socket is told each message once, in their order',
  converged: 'in the end all clients show what is stored',
  changes: 'the last edit stands, and what was deleted stays deleted',
  removed: 'who was removed hears and says nothing after 3 s',
  answers: 'every call is answered in time, with a success or a reason',
  standing: 'marks of reading, reactions, roles and members that were acknowledged stand',
  presence: 'who is shown as online is connected, and the other way round',
  back: 'service comes back by itself',
} as const;

export type PromiseName = keyof typeof PROMISES;
