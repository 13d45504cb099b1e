import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import {
  CONTEXT_TYPES,
  ContextsService,
  maySeeContext,
  type Context,
  type ContextType,
} from '#libs/directory';
import { isSupportTeam, type RoomView } from '#libs/rooms';
import type { ContextBody } from './dto/session.body.js';
import type { SupportCreateSessionDto } from './dto/support.dto.js';

/** A session names a ticket, a restaurant or both. */
const NAMED = ['ticket', 'restaurant'] as const satisfies readonly ContextType[];

interface NewContext {
  context?: { type: (typeof NAMED)[number]; id: string };
  metadata?: Record<string, unknown>;
}

/** What tells of a room, or of one that is about to be opened, what it is about. */
type Naming = Pick<RoomView, 'contextType' | 'contextId' | 'metadata'>;

interface ContextRef {
  type: ContextType;
  id: string;
}

export const toContext = ({ type, id, category, status, data }: Context): ContextBody => ({
  type,
  id,
  category,
  status,
  data,
});

/** A room has one context, and metadata for what else a session names. */
export function contextOf({
  ticket_id: ticket,
  restaurant_id: restaurant,
}: Pick<SupportCreateSessionDto, 'ticket_id' | 'restaurant_id'>): NewContext {
  if (ticket && restaurant)
    return { context: { type: 'ticket', id: ticket }, metadata: { restaurant_id: restaurant } };
  if (ticket) return { context: { type: 'ticket', id: ticket } };
  return restaurant ? { context: { type: 'restaurant', id: restaurant } } : {};
}

/** Id of the object of this type that a room names. */
export function contextId({ contextType, contextId: id, metadata }: Naming, type: ContextType) {
  if (contextType === type) return id;
  const named = metadata[`${type}_id`];
  return typeof named === 'string' ? named : null;
}

/** What a room is about in the first place comes first. */
function refsOf(room: Naming): ContextRef[] {
  const types = [...CONTEXT_TYPES.filter((type) => type === room.contextType), ...NAMED];
  return types.flatMap((type) => {
    const id = contextId(room, type);
    return id === null ? [] : [{ type, id }];
  });
}

/** Whoever opens a session names what it is about, also what is not theirs: the support team sees that, too. */
const maySee = (actor: Actor, context: Context): boolean =>
  isSupportTeam(actor) || maySeeContext(actor, context);

/** What sessions are about, as far as the directory knows it and the actor may see it. */
@Injectable()
export class SessionContexts {
  constructor(private readonly contexts: ContextsService) {}

  /** The caller has checked access to the rooms. */
  async of(actor: Actor, rooms: readonly Naming[]): Promise<(room: Naming) => Context | undefined> {
    const refs = rooms.flatMap(refsOf);
    const known = await Promise.all(
      CONTEXT_TYPES.map(async (type) => {
        const ids = refs.filter((ref) => ref.type === type).map(({ id }) => id);
        return [type, await this.contexts.findMany(type, ids)] as const;
      }),
    );
    const byType = new Map(known);
    return (room) =>
      refsOf(room)
        .flatMap(({ type, id }) => byType.get(type)?.get(id) ?? [])
        .find((context) => maySee(actor, context));
  }
}
