import type { Tap, Tapping } from './tcp-proxy.js';

const READY = 'Z';
const ERROR = 'E';
const LENGTH_BYTES = 4;

interface Packet {
  type: string;
  body: Buffer;
}

/** Cuts PostgreSQL's stream into its messages (type, length, body); the client's first one has no type. */
class Packets {
  private rest = Buffer.alloc(0);

  constructor(private untyped: boolean) {}

  push(chunk: Buffer): Packet[] {
    this.rest = this.rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.rest, chunk]);
    const packets: Packet[] = [];
    for (;;) {
      const at = this.untyped ? 0 : 1;
      if (this.rest.length < at + LENGTH_BYTES) return packets;
      const end = at + this.rest.readInt32BE(at);
      if (this.rest.length < end) return packets;
      packets.push({
        type: this.untyped ? '' : String.fromCharCode(this.rest[0] as number),
        body: this.rest.subarray(at + LENGTH_BYTES, end),
      });
      this.rest = this.rest.subarray(end);
      this.untyped = false;
    }
  }
}

/** What commits: an explicit COMMIT (also at the end of a script), or the single statement that stores messages. */
export const COMMITS = {
  commit: /(^|;)\s*COMMIT\b/i,
  insert: /INSERT INTO messages \(/i,
} as const;

/**
 * Lets a statement reach PostgreSQL and be committed there, and cuts the connection before the answer comes back: the
 * client cannot know what became of it.
 */
export class LostAnswers {
  private wanted: { pattern: RegExp; left: number } | undefined;
  /** Connections that were cut after PostgreSQL had committed. */
  cuts = 0;

  /** The answers to the next so many statements of this kind are lost. */
  lose(kind: keyof typeof COMMITS, times = 1): void {
    this.wanted = { pattern: COMMITS[kind], left: times };
  }

  stop(): void {
    this.wanted = undefined;
  }

  readonly tapping: Tapping = (cut): Tap => {
    const [asked, answered] = [new Packets(true), new Packets(false)];
    const statements = new Map<string, string>();
    let bound = '';
    let [losing, failed] = [false, false];
    const runs = (sql: string): void => {
      if (losing || !this.wanted || this.wanted.left === 0 || !this.wanted.pattern.test(sql)) return;
      this.wanted.left -= 1;
      losing = true;
    };
    return {
      fromClient: (chunk) => {
        for (const { type, body } of asked.push(chunk)) {
          const [first = '', second = ''] = body.toString('utf8').split('\0', 2);
          if (type === 'P') statements.set(first, second);
          else if (type === 'B') bound = statements.get(second) ?? '';
          else if (type === 'E') runs(bound);
          else if (type === 'Q') runs(first);
        }
      },
      fromTarget: (chunk) => {
        const packets = answered.push(chunk);
        if (!losing) return true;
        failed ||= packets.some(({ type }) => type === ERROR);
        if (packets.some(({ type }) => type === READY)) {
          if (!failed) this.cuts += 1;
          cut();
        }
        return false;
      },
    };
  };
}
