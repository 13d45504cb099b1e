import type { Socket } from 'socket.io-client';

/** Much longer than any answer may take, also on a busy machine: what has not come by then does not come. */
const PATIENCE_MS = 20_000;

/** The server said no, and why. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** The server said nothing: in time (`timeout`), or before the connection ended (`cut`). */
export class NoAnswer extends Error {
  constructor(readonly how: 'timeout' | 'cut') {
    super(how);
  }
}

interface Answer {
  success: boolean;
  data: unknown;
  code: string;
}

/** How a dialect reaches a server: events of one socket, and requests of its person. Data of a success, else throws. */
export interface Link {
  /**
   * @param took is called with the answer before anything that was told after it
   * @throws Refused, NoAnswer
   */
  ask<T>(event: string, payload: unknown, took?: (data: T) => void): Promise<T>;
  /** @throws Refused, NoAnswer */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Says something that needs no answer. */
  emit(event: string, payload?: unknown): void;
}

/** @throws Refused, NoAnswer */
export function ask<T>(
  socket: Socket,
  event: string,
  payload: unknown,
  took?: (data: T) => void,
): Promise<T> {
  if (!socket.connected) return Promise.reject(new NoAnswer('cut'));
  return new Promise((resolve, reject) => {
    socket.timeout(PATIENCE_MS).emit(event, payload, (error: Error | null, answer: Answer) => {
      if (error) reject(new NoAnswer(socket.connected ? 'timeout' : 'cut'));
      else if (!answer.success) reject(new Refused(answer.code));
      else {
        took?.(answer.data as T);
        resolve(answer.data as T);
      }
    });
  });
}

/** @throws Refused, NoAnswer */
export async function call<T>(url: string, token: string, method: string, body?: unknown): Promise<T> {
  let text: string;
  let status: number;
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new NoAnswer((error as Error).name === 'TimeoutError' ? 'timeout' : 'cut');
  }
  const answer = parsed(text);
  if (status >= 300 || !answer.success) throw new Refused(answer.code ?? `HTTP ${status}`);
  return answer.data as T;
}

function parsed(text: string): Partial<Answer> {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
