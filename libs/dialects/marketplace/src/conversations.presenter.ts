import { z } from 'zod';
import { wireId, wireIdSchema, type Context, type UserView } from '#libs/directory';
import type { RoomView } from '#libs/rooms';
import { messageExample, messageSchema, type MarketplaceMessage, type Sides } from './messages.presenter.js';
import { personSchema, toPerson } from './people.presenter.js';
import { CONVERSATION_STATUSES, SHOWN_STATUS, type ConversationStatus } from './types.js';

export const conversationSchema = z
  .object({
    id: z.string(),
    customerId: wireIdSchema.nullable(),
    providerId: wireIdSchema.nullable(),
    orderId: wireIdSchema.nullable(),
    status: z.enum(CONVERSATION_STATUSES).meta({ description: 'ARCHIVED: by you, until the next message' }),
    createdAt: z.string(),
    updatedAt: z.string(),
    lastMessageAt: z.string().nullable(),
    customer: personSchema.nullable(),
    provider: personSchema.nullable(),
    order: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: "The order's id, and for its own people what the host platform told about it" }),
    lastMessage: messageSchema.nullable(),
    unreadCount: z.number().meta({ description: 'Messages that you have not read' }),
  })
  .meta({ id: 'MarketplaceConversation', description: 'A conversation as one of its people sees it' });
export type Conversation = z.output<typeof conversationSchema>;

export const conversationExample: Conversation = {
  id: messageExample.conversationId,
  customerId: 2,
  providerId: 1,
  orderId: 123,
  status: 'ACTIVE',
  createdAt: '2024-01-15T14:00:00.000Z',
  updatedAt: '2024-01-15T14:30:00.000Z',
  lastMessageAt: '2024-01-15T14:30:00.000Z',
  customer: { id: 2, name: 'First Customer', role: 'customer', avatar: null },
  provider: { id: 1, name: 'Shiny Wash', role: 'provider', avatar: null },
  order: { id: 123 },
  lastMessage: messageExample,
  unreadCount: 1,
};

export interface ConversationView {
  room: RoomView;
  archived: boolean;
  sides: Sides;
  people: ReadonlyMap<string, UserView>;
  order: Context | undefined;
  lastMessage: MarketplaceMessage | null;
  unreadCount: number;
}

export const orderIdOf = (room: RoomView): string | null =>
  room.contextType === 'order' ? room.contextId : null;

/** Archiving is each person's own and comes before what the conversation itself is. */
export const conversationStatusOf = (room: RoomView, archived: boolean): ConversationStatus =>
  archived ? 'ARCHIVED' : SHOWN_STATUS[room.status];

/** Of two times in ISO 8601. */
const laterOf = (one: string, other: string | undefined): string => (other && other > one ? other : one);

export function toConversation(view: ConversationView): Conversation {
  const { room, sides, people, order, lastMessage } = view;
  const orderId = orderIdOf(room);
  const wire = (id: string | null) => (id === null ? null : wireId(id));
  const person = (id: string | null) => {
    const user = id === null ? undefined : people.get(id);
    return user ? toPerson(user) : null;
  };
  return {
    id: room.id,
    customerId: wire(sides.customerId),
    providerId: wire(sides.providerId),
    orderId: wire(orderId),
    status: conversationStatusOf(room, view.archived),
    createdAt: room.createdAt.toISOString(),
    updatedAt: laterOf(room.updatedAt.toISOString(), lastMessage?.createdAt),
    lastMessageAt: lastMessage?.createdAt ?? null,
    customer: person(sides.customerId),
    provider: person(sides.providerId),
    order: orderId === null ? null : { ...order?.data, id: wireId(orderId) },
    lastMessage,
    unreadCount: view.unreadCount,
  };
}
