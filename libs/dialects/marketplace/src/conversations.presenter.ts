import { wireId, type Context, type UserView } from '#libs/directory';
import type { RoomView } from '#libs/rooms';
import type { ConversationBody } from './dto/conversation.body.js';
import type { MarketplaceMessageBody } from './dto/message.body.js';
import type { Sides } from './messages.presenter.js';
import { toPerson } from './people.presenter.js';
import { SHOWN_STATUS, type ConversationStatus } from './types.js';

export interface ConversationView {
  room: RoomView;
  archived: boolean;
  sides: Sides;
  people: ReadonlyMap<string, UserView>;
  order: Context | undefined;
  lastMessage: MarketplaceMessageBody | null;
  unreadCount: number;
}

export const orderIdOf = (room: RoomView): string | null =>
  room.contextType === 'order' ? room.contextId : null;

/** Archiving is each person's own and comes before what the conversation itself is. */
export const conversationStatusOf = (room: RoomView, archived: boolean): ConversationStatus =>
  archived ? 'ARCHIVED' : SHOWN_STATUS[room.status];

/** Of two times in ISO 8601. */
const laterOf = (one: string, other: string | undefined): string => (other && other > one ? other : one);

export function toConversation(view: ConversationView): ConversationBody {
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
