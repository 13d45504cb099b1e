import { answer } from './answer.js';
import { percentile } from './figures.js';
import { pace, type Pace, type Progress } from './pace.js';
import { RawClient } from './raw-client.js';
import { token } from './token.js';

/**
 * The load generator, a process of its own: asked by its parent over IPC, answers with figures. Messages carry the
 * time of sending in their text, so that delivery is measured where it ends.
 */
export interface ConnectPlan {
  url: string;
  secret: string;
  users: number;
  /** Room of a user; both kinds of server know these names. */
  rooms: string[];
  namespace?: string;
  /** How many connect at a time. */
  concurrent?: number;
}
export interface ConnectResult {
  /** Until all were connected. */
  seconds: number;
  /** Milliseconds until one was connected. */
  p50: number;
}
export interface JoinPlan {
  /** How each user in turn joins, `$room` standing for the room; the service dialect's way unless told. */
  joins?: { event: string; payload: Record<string, string> }[];
  /** The room's id in other dialects than the service one. */
  plainId?: string;
}
export type SendPlan = Pace;
export interface SendResult {
  sent: number;
  acknowledged: number;
  delivered: number;
  expected: number;
  missing: number;
  twice: number;
  /** Milliseconds from sending to delivery. */
  p50: number;
  p95: number;
  p99: number;
  /** Seconds until the last acknowledgement and delivery. */
  elapsed: number;
}
/** An event that each user in turn sends for the own room. */
export interface EmitPlan extends Pace {
  event: string;
}
export interface EmitResult extends Progress {
  /** Acknowledgements that were no success. */
  refused: number;
  /** Milliseconds from sending to the acknowledgement. */
  p50: number;
}

const MARK = Buffer.from('bench:');
const QUOTE = '"'.charCodeAt(0);

/** How often each message came, by its number; cheap, since the generator's own core is the limit of a fan-out. */
class Tally {
  private counts = new Uint8Array(1_024);
  /** Messages that came more than once. */
  twice = 0;

  add(message: number): void {
    if (message >= this.counts.length) {
      const larger = new Uint8Array(Math.max(message + 1, this.counts.length * 2));
      larger.set(this.counts);
      this.counts = larger;
    }
    const count = Math.min((this.counts[message] as number) + 1, 255);
    this.counts[message] = count;
    if (count === 2) this.twice += 1;
  }
}

const clients: RawClient[] = [];
let rooms: string[] = [];
let membersOf = new Map<string, number>();

async function connect(plan: ConnectPlan): Promise<ConnectResult> {
  rooms = plan.rooms;
  const tokens = Array.from({ length: plan.users }, (_, index) => token(plan.secret, String(index + 1)));
  const times: number[] = [];
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: plan.concurrent ?? 50 }, async () => {
      for (let index = next++; index < plan.users; index = next++) {
        const since = performance.now();
        clients[index] = await RawClient.connect(plan.url, plan.namespace ?? '/chat', {
          token: tokens[index],
        });
        times.push(performance.now() - since);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  return { seconds, p50: percentile(sorted(times), 0.5) };
}

const sorted = (times: number[]): number[] => times.sort((a, b) => a - b);

const SERVICE_JOIN = { event: 'join_room', payload: { room_id: '$room' } };

async function join({ joins = [SERVICE_JOIN], plainId }: JoinPlan = {}): Promise<void> {
  membersOf = new Map();
  const CONCURRENT = 100;
  let next = 0;
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      for (let index = next++; index < clients.length; index = next++) {
        const room = rooms[index % rooms.length] as string;
        const { event, payload } = joins[index % joins.length] as (typeof joins)[number];
        const entries = Object.entries(payload).map(([name, value]) => [
          name,
          value.replace('$room', room).replace('$id', plainId ?? room),
        ]);
        const answer = await (clients[index] as RawClient).ask(event, Object.fromEntries(entries));
        if (!answer.success) throw new Error(`${event} was refused: ${JSON.stringify(answer)}`);
        membersOf.set(room, (membersOf.get(room) ?? 0) + 1);
      }
    }),
  );
}

/** Paced over all users in turn. */
async function send(plan: SendPlan): Promise<SendResult> {
  const latencies: number[] = [];
  const seen = clients.map(() => new Tally());
  clients.forEach((client, index) => {
    const tally = seen[index] as Tally;
    client.onFrame = (frame) => {
      const at = frame.indexOf(MARK);
      if (at < 0) return;
      const text = frame.toString('latin1', at + MARK.length, frame.indexOf(QUOTE, at));
      const colon = text.indexOf(':');
      latencies.push(performance.now() - Number(text.slice(0, colon)));
      tally.add(Number(text.slice(colon + 1)));
    };
  });
  const progress: Progress = { sent: 0, acknowledged: 0 };
  let expected = 0;
  const one = (): void => {
    const { sent } = progress;
    const index = sent % clients.length;
    const room = rooms[index % rooms.length] as string;
    expected += membersOf.get(room) ?? 0;
    const payload = `{"room_id":"${room}","message":"bench:${performance.now()}:${sent}","message_type":"text","client_id":"${sent}"}`;
    progress.sent += 1;
    (clients[index] as RawClient).emitRaw('send_message', payload, () => (progress.acknowledged += 1));
  };
  const delivered = (): number => latencies.length;
  const done = (): boolean => progress.acknowledged >= progress.sent && delivered() >= expected;
  const elapsed = await pace(plan, progress, one, done);
  const twice = seen.reduce((sum, tally) => sum + tally.twice, 0);
  sorted(latencies);
  return {
    ...progress,
    delivered: delivered(),
    expected,
    missing: Math.max(0, expected - delivered()),
    twice,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
    elapsed,
  };
}

async function emit({ event, ...plan }: EmitPlan): Promise<EmitResult> {
  const payloads = rooms.map((room) => JSON.stringify({ room_id: room }));
  const progress: Progress = { sent: 0, acknowledged: 0 };
  const times: number[] = [];
  let refused = 0;
  const one = (): void => {
    const index = progress.sent % clients.length;
    const since = performance.now();
    progress.sent += 1;
    (clients[index] as RawClient).emitRaw(event, payloads[index % rooms.length] as string, (answer) => {
      progress.acknowledged += 1;
      times.push(performance.now() - since);
      if (!(answer as { success: boolean }).success) refused += 1;
    });
  };
  await pace(plan, progress, one, () => progress.acknowledged >= progress.sent);
  return { ...progress, refused, p50: percentile(sorted(times), 0.5) };
}

function close(): void {
  for (const client of clients.splice(0)) client.close();
}

answer({ connect, join, send, emit, close });
