import type {
  Change,
  Connection,
  Facts,
  Removal,
  Said,
  Stall,
  Standing,
  Time,
  Window,
} from './checker/facts.js';

const LOOK_EVERY_MS = 50;
/** What a timer of this process may be late without a word. */
const USUAL_MS = 150;

/** Everything that is noted down in one run, and its clock. */
export class Journal {
  readonly windows: Window[] = [];
  readonly said: Said[] = [];
  readonly changes: Change[] = [];
  readonly removals: Removal[] = [];
  readonly standing: Standing[] = [];
  readonly probes: Facts['probes'] = [];
  readonly connections: Connection[] = [];
  readonly stalls: Stall[] = [];
  readonly troubles: string[] = [];
  private readonly began = performance.now();
  private readonly watch: NodeJS.Timeout;

  constructor() {
    let last = this.now();
    this.watch = setInterval(() => {
      const now = this.now();
      if (now - last > LOOK_EVERY_MS + USUAL_MS) this.stalls.push({ from: last, to: now });
      last = now;
    }, LOOK_EVERY_MS);
  }

  /** What was noted down so far. */
  get facts(): Omit<Facts, 'rooms' | 'views' | 'online' | 'intrusions' | 'strain'> {
    const { windows, said, changes, removals, standing, probes, connections, stalls, troubles } = this;
    return { windows, said, changes, removals, standing, probes, connections, stalls, troubles };
  }

  now(): Time {
    return performance.now() - this.began;
  }

  close(): void {
    clearInterval(this.watch);
  }
}
