import type { z } from 'zod';

export interface ServerEventDefinition {
  summary: string;
  payload: z.ZodType;
  example?: unknown;
}

/** Events that the server emits, by name: the single source of their types and of their documentation. */
export type ServerEventMap = Record<string, ServerEventDefinition>;

export type PayloadOf<M extends ServerEventMap, E extends keyof M> = z.output<M[E]['payload']>;

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
