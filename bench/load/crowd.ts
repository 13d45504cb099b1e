import { answer } from './answer.js';
import { RawClient } from './raw-client.js';
import { token } from './token.js';

/** As the settings of socket.io-client, in milliseconds. */
export interface Backoff {
  reconnectionDelay: number;
  reconnectionDelayMax: number;
  randomizationFactor: number;
}
export interface CrowdPlan {
  url: string;
  secret: string;
  clients: number;
  backoff: Backoff;
}
export interface CrowdResult {
  /** When the last came back, and when half of them were (ms since the epoch). */
  all: number;
  half: number;
  /** Attempts that a listening server or nobody answered with a connection. */
  attempts: number;
}

const CONCURRENT = 50;

let plan: CrowdPlan;
let back: number[] = [];
let attempts = 0;
let allBack: (() => void) | undefined;

async function connect(user: number): Promise<void> {
  const client = await RawClient.connect(plan.url, '/chat', { token: token(plan.secret, String(user)) });
  client.onClose = () => void comeBack(user);
}

/** The way of socket.io-client: each attempt waits longer, by a random part of it more or less. */
async function comeBack(user: number): Promise<void> {
  const { reconnectionDelay, reconnectionDelayMax, randomizationFactor } = plan.backoff;
  for (let attempt = 0; ; attempt += 1) {
    const delay = reconnectionDelay * 2 ** attempt;
    const spread = delay * randomizationFactor * (2 * Math.random() - 1);
    const wait = Math.min(delay + spread, reconnectionDelayMax);
    await new Promise((resolve) => setTimeout(resolve, wait));
    attempts += 1;
    try {
      await connect(user);
      break;
    } catch {
      // Again, later.
    }
  }
  back.push(Date.now());
  if (back.length === plan.clients) allBack?.();
}

async function gather(given: CrowdPlan): Promise<void> {
  plan = given;
  back = [];
  attempts = 0;
  let next = 0;
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      for (let user = (next += 1); user <= plan.clients; user = next += 1) await connect(user);
    }),
  );
}

async function wait(): Promise<CrowdResult> {
  if (back.length < plan.clients) await new Promise<void>((resolve) => (allBack = resolve));
  back.sort((a, b) => a - b);
  return {
    all: back.at(-1) as number,
    half: back[Math.floor(back.length / 2)] as number,
    attempts,
  };
}

answer({ gather, back: wait });
