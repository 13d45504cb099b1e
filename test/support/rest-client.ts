import { hearAnswer } from './heard.js';

export interface RestAnswer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: {
    success: boolean;
    data: T;
    error: string;
    code: string;
    details: Record<string, unknown>[];
    message?: string;
  };
}

/** Real HTTP with a token. Answers are never thrown. */
export class RestClient {
  constructor(
    private readonly base: string,
    readonly token: string | undefined,
  ) {}

  get<T = Record<string, unknown>>(path: string): Promise<RestAnswer<T>> {
    return this.call('GET', path);
  }
  post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<RestAnswer<T>> {
    return this.call('POST', path, body);
  }
  put<T = Record<string, unknown>>(path: string, body?: unknown): Promise<RestAnswer<T>> {
    return this.call('PUT', path, body);
  }
  patch<T = Record<string, unknown>>(path: string, body?: unknown): Promise<RestAnswer<T>> {
    return this.call('PATCH', path, body);
  }
  delete<T = Record<string, unknown>>(path: string): Promise<RestAnswer<T>> {
    return this.call('DELETE', path);
  }

  /** A body of text is sent as it is: malformed JSON, lone surrogates. */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<RestAnswer<T>> {
    const response = await fetch(this.base + path, {
      method,
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const answer = {
      status: response.status,
      headers: response.headers,
      body: parsed(await response.text()) as RestAnswer<T>['body'],
    };
    hearAnswer({ method, path, ...answer });
    return answer;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { success: false, error: text };
  }
}
