import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { answer } from './answer.js';
import { percentile } from './figures.js';
import { token } from './token.js';

/** Requests of users in turn on connections that are kept, bounded by time and by number, whichever comes first. */
export interface RequestPlan {
  url: string;
  secret: string;
  method: 'GET' | 'POST';
  /** By user in turn. */
  paths: string[];
  /** Sends a message's body with a text of its own. */
  message?: boolean;
  /** Who calls: ids from the first on. */
  firstUser: number;
  users: number;
  /** Requests under way at a time. */
  inFlight: number;
  seconds: number;
  atMost: number;
}
export interface RequestResult {
  answered: number;
  /** Milliseconds until the whole answer is there. */
  p50: number;
  perSecond: number;
}

const agent = new Agent({ keepAlive: true });
/** Over all plans, so that no message repeats another. */
let messages = 0;

async function request(plan: RequestPlan): Promise<RequestResult> {
  const tokens = Array.from({ length: plan.users }, (_, index) =>
    token(plan.secret, String(plan.firstUser + index)),
  );
  const times: number[] = [];
  const started = performance.now();
  const ends = started + plan.seconds * 1_000;
  let next = 0;
  await Promise.all(
    Array.from({ length: plan.inFlight }, async () => {
      for (let index = next++; index < plan.atMost && performance.now() < ends; index = next++) {
        const since = performance.now();
        await one(
          plan,
          plan.paths[index % plan.paths.length] as string,
          tokens[index % plan.users] as string,
        );
        times.push(performance.now() - since);
      }
    }),
  );
  const perSecond = times.length / ((performance.now() - started) / 1_000);
  times.sort((a, b) => a - b);
  return { answered: times.length, p50: percentile(times, 0.5), perSecond };
}

async function one({ url, method, message }: RequestPlan, path: string, bearer: string): Promise<void> {
  const body = message ? `{"message":"bench","client_id":"${(messages += 1)}"}` : undefined;
  const call = httpRequest(`${url}${path}`, {
    method,
    agent,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
  });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const said = await text(response);
  if ((response.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${said}`);
}

answer({ request });
