/** An answer of REST, as a client of a test had it. */
export interface HeardAnswer {
  method: string;
  /** With its query. */
  path: string;
  status: number;
  headers: Headers;
  /** JSON as it was parsed. */
  body: unknown;
}

/** An event from a server, or the acknowledgement of one of the client's own. */
export interface HeardEvent {
  namespace: string;
  kind: 'server' | 'ack';
  event: string;
  payload: unknown;
}

/** Whether what clients hear is held against the documents (test/docs/judge). */
export const IS_JUDGED = process.env.CHECK_DOCUMENTS === 'true';

export const heardAnswers: HeardAnswer[] = [];
export const heardEvents: HeardEvent[] = [];

export function hearAnswer(answer: HeardAnswer): void {
  if (IS_JUDGED) heardAnswers.push(answer);
}

export function hearEvent(event: HeardEvent): void {
  if (IS_JUDGED) heardEvents.push(event);
}
