import type { Type } from '@nestjs/common';

export interface ServerEventDefinition {
  summary: string;
  /** Class of the payload; null for an event that carries nothing. */
  payload: Type | null;
  example?: unknown;
}

/** Events that the server emits, by name: the single source of their types and of their documentation. */
export type ServerEventMap = Record<string, ServerEventDefinition>;

export type PayloadOf<M extends ServerEventMap, E extends keyof M> =
  M[E]['payload'] extends Type<infer P> ? P : undefined;

interface Registered {
  dialect: string;
  events: ServerEventMap;
}

const registered: Registered[] = [];

/** Declares the events of one feature in one dialect; emitters and AsyncAPI are made of it. */
export function defineServerEvents<const M extends ServerEventMap>(dialect: string, events: M): M {
  registered.push({ dialect, events });
  return events;
}

export const serverEventRegistry = (): readonly Registered[] => registered;
