import type { DomainError } from '#libs/platform/errors';

/** Of events about the connection itself, the same in every dialect. */
export const ANY_DIALECT = '*';

/** How one contract speaks on sockets. */
export interface SocketDialect {
  name: string;
  /** Namespaces in which its events are heard. */
  namespaces: readonly string[];
  /** Its own code for one of ours. */
  codeOf?(error: DomainError): string;
  /** Its own form of the details in an acknowledgement. */
  detailsOf?(error: DomainError): unknown[];
  /** Of the events that tell a refused or ended token, the one that its document alone has: it carries its own code. */
  authErrorEvent?: string;
  /** Its error events for a refused event; emitted to the one who sent it. */
  errorEvents(error: DomainError, event: string): { event: string; payload: unknown }[];
}

/** Decides which dialect an event of a shared namespace is for. */
export type DialectClassifier = (event: string, payload: unknown, candidates: readonly string[]) => string;
