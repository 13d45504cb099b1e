import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import type { ChatSocket } from '#libs/platform/realtime';
import { ContextsService, maySeeContext, UsersService, type Context } from '#libs/directory';
import {
  HistoryService,
  MessagesService,
  MessageViews,
  ReceiptsService,
  type MessageView,
} from '#libs/messages';
import {
  MembersRepository,
  MembersService,
  ProviderRoomsService,
  RoomAccessService,
  RoomJoinService,
  RoomsService,
  type RoomStatus,
  type RoomView,
} from '#libs/rooms';
import { orderIdOf, toConversation } from './conversations.presenter.js';
import { DeliveryMarks } from './delivery-marks.service.js';
import type { ConversationBody } from './dto/conversation.body.js';
import {
  toOutgoingMessage,
  type ConversationFilter,
  type MarketplaceConversationsQueryDto,
  type MarketplaceHistoryQueryDto,
  type MarketplaceOpenConversationDto,
  type MarketplaceSendMessageDto,
} from './dto/marketplace.dto.js';
import type { MarketplaceMessageBody } from './dto/message.body.js';
import { MARKETPLACE_DIALECT } from './marketplace.dialect.js';
import { toMessage } from './messages.presenter.js';
import { ConversationSides } from './sides.service.js';
import { CONVERSATION_TYPES, SHOWN_STATUS } from './types.js';

const NO_PROGRESS = { deliveredAt: null, readAt: null };
const NOBODY = { customerId: null, providerId: null };

interface MineOf {
  room: RoomView;
  archived: boolean;
}

/** Conversations in this contract's words: what it asks becomes calls of the services, what they answer is put together. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly providerRooms: ProviderRoomsService,
    private readonly rooms: RoomsService,
    private readonly members: MembersService,
    private readonly memberships: MembersRepository,
    private readonly access: RoomAccessService,
    private readonly subscriptions: RoomJoinService,
    private readonly messages: MessagesService,
    private readonly history: HistoryService,
    private readonly views: MessageViews,
    private readonly receipts: ReceiptsService,
    private readonly contexts: ContextsService,
    private readonly users: UsersService,
    private readonly sides: ConversationSides,
    private readonly delivery: DeliveryMarks,
  ) {}

  async open(
    actor: Actor,
    { providerId, customerId, orderId }: MarketplaceOpenConversationDto,
  ): Promise<{ conversation: ConversationBody; created: boolean }> {
    const pair = { providerId, customerId, orderId: orderId ?? undefined };
    const { room, created } = await this.providerRooms.open(actor, pair);
    return { conversation: await this.show(actor, room), created };
  }

  async list(
    actor: Actor,
    { page, limit, status }: MarketplaceConversationsQueryDto,
  ): Promise<{ conversations: ConversationBody[]; total: number }> {
    const { rooms, total } = await this.rooms.list(actor, {
      page,
      per_page: limit,
      type: [...CONVERSATION_TYPES],
      ...filterOf(status),
    });
    return { conversations: await this.present(actor, rooms), total };
  }

  /** As this person sees it. */
  async show(actor: Actor, room: RoomView): Promise<ConversationBody> {
    const archived = await this.memberships.isArchived(room.id, actor.id);
    const [conversation] = await this.present(actor, [{ room, archived }]);
    return conversation as ConversationBody;
  }

  /** Ends it; one that has ended stays as it is. @throws NOT_FOUND, FORBIDDEN, CONFLICT */
  async end(actor: Actor, ref: string): Promise<ConversationBody> {
    const { room } = await this.access.toRead(actor, ref);
    if (SHOWN_STATUS[room.status] === 'ENDED') return this.show(actor, room);
    return this.show(actor, (await this.rooms.setStatus(actor, ref, 'resolved')).room);
  }

  /** Joins, and delivers the conversation to this socket from now on. @throws NOT_FOUND, FORBIDDEN */
  async joinWith(socket: ChatSocket, actor: Actor, ref: string): Promise<ConversationBody> {
    const room = await this.members.join(actor, ref);
    // In memory before the first message comes: delivery does not wait for it.
    await this.sides.of([room]);
    this.delivery.follow([room.id]);
    return this.subscriptions.subscribe(actor, room, socket, MARKETPLACE_DIALECT, async () => {
      const newest = (await this.views.newestOf([room.id])).get(room.id);
      // What was said while they were away has reached them now.
      if (newest) await this.receipts.reached(room, actor.id, newest.seq);
      return this.show(actor, room);
    });
  }

  /**
   * @param placed as of `MessagesService.send`
   * @throws NOT_FOUND, FORBIDDEN, and as sending in any contract
   */
  async send(
    actor: Actor,
    ref: string,
    body: MarketplaceSendMessageDto,
    placed?: () => void,
  ): Promise<MarketplaceMessageBody> {
    const room = await this.access.find(ref);
    if (room) this.delivery.follow([room.id]);
    const { message } = await this.messages.send(actor, ref, toOutgoingMessage(body), placed);
    return this.renderOne(message);
  }

  /** @throws NOT_FOUND, FORBIDDEN */
  async page(
    actor: Actor,
    ref: string,
    { page, limit }: MarketplaceHistoryQueryDto,
  ): Promise<{ messages: MarketplaceMessageBody[]; total: number; hasMore: boolean }> {
    const { messages, total, hasMore } = await this.history.page(actor, ref, { page, per_page: limit });
    this.delivery.follow(messages.slice(0, 1).map(({ roomId }) => roomId));
    return { messages: await this.render(messages), total, hasMore };
  }

  async render(views: readonly MessageView[]): Promise<MarketplaceMessageBody[]> {
    const rooms = await Promise.all(
      [...new Set(views.map(({ roomId }) => roomId))].map((id) => this.access.find(id)),
    );
    const [sides, progress] = await Promise.all([
      this.sides.of(rooms.flatMap((room) => room ?? [])),
      this.receipts.progressOf(views),
    ]);
    return views.map((view) =>
      toMessage(view, progress.get(view.id) ?? NO_PROGRESS, sides.get(view.roomId) ?? NOBODY),
    );
  }

  async renderOne(view: MessageView): Promise<MarketplaceMessageBody> {
    return (await this.render([view]))[0] as MarketplaceMessageBody;
  }

  private async present(actor: Actor, mine: readonly MineOf[]): Promise<ConversationBody[]> {
    const rooms = mine.map(({ room }) => room);
    const ids = rooms.map(({ id }) => id);
    this.delivery.follow(ids);
    const [sides, newest, unread, orders] = await Promise.all([
      this.sides.of(rooms),
      this.views.newestOf(ids),
      this.receipts.unreadIn(actor, ids),
      this.contexts.findMany(
        'order',
        rooms.flatMap((room) => orderIdOf(room) ?? []),
      ),
    ]);
    const [people, messages] = await Promise.all([
      this.users.findMany(
        [...sides.values()].flatMap(({ customerId, providerId }) =>
          [customerId ?? [], providerId ?? []].flat(),
        ),
      ),
      this.render([...newest.values()]),
    ]);
    const lastMessages = new Map(messages.map((message) => [message.conversationId, message]));
    return mine.map(({ room, archived }) =>
      toConversation({
        room,
        archived,
        people,
        sides: sides.get(room.id) ?? NOBODY,
        order: shownTo(actor, orders.get(orderIdOf(room) ?? '')),
        lastMessage: lastMessages.get(room.id) ?? null,
        unreadCount: unread.get(room.id) ?? 0,
      }),
    );
  }
}

const shownTo = (actor: Actor, order: Context | undefined): Context | undefined =>
  order && maySeeContext(actor, order) ? order : undefined;

/** What one archived counts as ARCHIVED alone, whatever the conversation itself is. */
function filterOf(status: ConversationFilter): { archived?: boolean; status?: RoomStatus[] } {
  if (status === 'ALL') return {};
  if (status === 'ARCHIVED') return { archived: true };
  const statuses = (Object.keys(SHOWN_STATUS) as RoomStatus[]).filter(
    (name) => SHOWN_STATUS[name] === status,
  );
  return { archived: false, status: statuses };
}
