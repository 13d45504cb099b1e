import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { EventBus } from '#libs/platform/events';
import { UsersService, type UserView } from '#libs/directory';
import {
  MembersRepository,
  ParticipantJoined,
  ParticipantLeft,
  showsPeople,
  type RoomView,
} from '#libs/rooms';
import type { Sides } from './messages.presenter.js';

const REMEMBERED_ROOMS = 20_000;
/** Of larger rooms only the first ones are looked at. */
const MAX_PARTICIPANTS = 50;
/** Other servers do not tell who joined; what is older is read again, and serves meanwhile. */
const FRESH_MS = 10_000;
const UNKNOWN: Sides = { customerId: null, providerId: null };

/**
 * Who is the customer and who the provider of a room: as it was opened, or else by their roles. Announcements are for
 * nobody in particular.
 */
@Injectable()
export class ConversationSides implements OnModuleInit {
  private readonly logger = new Logger(ConversationSides.name);
  private readonly derived = new LRUCache<string, { sides: Sides; at: number }>({ max: REMEMBERED_ROOMS });

  constructor(
    private readonly members: MembersRepository,
    private readonly users: UsersService,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    for (const type of [ParticipantJoined, ParticipantLeft])
      this.events.on<ParticipantJoined | ParticipantLeft>(
        type,
        ({ room }) => void this.derived.delete(room.id),
      );
  }

  async of(rooms: readonly RoomView[]): Promise<Map<string, Sides>> {
    const unnamed = rooms.filter((room) => !namedIn(room) && showsPeople(room));
    const derived = unnamed.length > 0 ? await this.derive(unnamed) : new Map<string, Sides>();
    return new Map(rooms.map((room) => [room.id, namedIn(room) ?? derived.get(room.id) ?? UNKNOWN]));
  }

  /** At once, for delivery in order: what is in memory. */
  known(room: RoomView): Sides {
    const named = namedIn(room);
    if (named) return named;
    if (!showsPeople(room)) return UNKNOWN;
    const known = this.derived.get(room.id);
    if (!known || Date.now() - known.at > FRESH_MS) {
      this.derive([room]).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'The sides of a conversation could not be read'),
      );
    }
    return known?.sides ?? UNKNOWN;
  }

  private async derive(rooms: readonly RoomView[]): Promise<Map<string, Sides>> {
    const idsOf = await this.members.idsByRoom(
      rooms.map(({ id }) => id),
      MAX_PARTICIPANTS,
    );
    const users = await this.users.findMany([...idsOf.values()].flat());
    return new Map(
      rooms.map((room) => {
        const sides = sidesOf(room, idsOf.get(room.id) ?? [], users);
        this.derived.set(room.id, { sides, at: Date.now() });
        return [room.id, sides];
      }),
    );
  }
}

/** Order rooms are opened for a provider and a customer alone, and name them. */
const namedIn = (room: RoomView): Sides | undefined => (room.type === 'order' ? namedSides(room) : undefined);

function namedSides({ metadata }: RoomView): { providerId: string; customerId: string } | undefined {
  const { provider_id: providerId, customer_id: customerId } = metadata;
  return typeof providerId === 'string' && typeof customerId === 'string'
    ? { providerId, customerId }
    : undefined;
}

/**
 * What a direct room names counts if they are in it: other contracts let people write its metadata. Where the roles do
 * not tell the sides apart, the customer is who opened the room.
 */
function sidesOf(room: RoomView, ids: readonly string[], users: ReadonlyMap<string, UserView>): Sides {
  const named = room.type === 'direct' ? namedSides(room) : undefined;
  if (named && ids.includes(named.providerId) && ids.includes(named.customerId)) return named;
  const isCustomer = (id: string): boolean => users.get(id)?.family === 'customer';
  const [first] = ids;
  if (first !== undefined && ids.length === 1 && !isCustomer(first))
    return { customerId: null, providerId: first };
  const customers = ids.filter(isCustomer);
  const candidates = customers.length > 0 ? customers : ids;
  const customerId = candidates.find((id) => id === room.createdBy) ?? candidates[0] ?? null;
  const others = ids.filter((id) => id !== customerId);
  return { customerId, providerId: others.find((id) => !isCustomer(id)) ?? others[0] ?? null };
}
