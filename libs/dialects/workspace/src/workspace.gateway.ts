import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { z } from 'zod';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type ChatSocket, type EventTurn } from '#libs/platform/realtime';
import { MessagesService, ReceiptsService } from '#libs/messages';
import { TypingService } from '#libs/presence';
import { RoomAccessService, RoomJoinService } from '#libs/rooms';
import { sendMessagePayload, toSendMessageBody, type SendPayload } from './dto/messages.dto.js';
import { roomPayload, type RoomPayload } from './dto/rooms.dto.js';
import { toMessage } from './messages.presenter.js';
import { roomExample } from './rooms.presenter.js';
import { WorkspacePresence } from './workspace-presence.publisher.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';
import { sending } from './workspace.errors.js';
import { WorkspacePublisher } from './workspace.publisher.js';
import { joinedSchema, leftSchema, messageAnswerSchema } from './workspace.server-events.js';

const ROOM = { payload: roomPayload, example: { roomId: roomExample.id } };
const ROOM_CODES = ['ROOM_NOT_FOUND', 'ACCESS_DENIED'];

@ChatGateway(WORKSPACE_DIALECT)
export class WorkspaceGateway {
  constructor(
    private readonly rooms: WorkspaceRoomsService,
    private readonly access: RoomAccessService,
    private readonly subscriptions: RoomJoinService,
    private readonly messages: MessagesService,
    private readonly receipts: ReceiptsService,
    private readonly typing: TypingService,
    private readonly publisher: WorkspacePublisher,
    private readonly presence: WorkspacePresence,
  ) {}

  @OnEvent('join_room', {
    access: 'authenticated',
    summary: 'Receive a room with this socket; who may join it and is not in it becomes a participant',
    ...ROOM,
    ack: joinedSchema,
    emits: ['room_joined', 'room_users_update', 'user_online', 'room_error'],
    errors: ['ROOM_NOT_FOUND', 'JOIN_ROOM_FAILED'],
  })
  async join(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId }: RoomPayload,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const room = await this.rooms.joinWith(socket, actor, roomId);
    const joined = { roomId: room.id, room };
    this.publisher.emitter.toSocket(socket, 'room_joined', joined);
    this.presence.joined(actor.id, room.id);
    return joined;
  }

  @OnEvent('leave_room', {
    access: 'authenticated',
    summary: 'Stop receiving a room with this socket; you stay a participant (REST leaves for good)',
    ...ROOM,
    ack: leftSchema,
    emits: ['room_left', 'room_error'],
    errors: ROOM_CODES,
  })
  async leave(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId }: RoomPayload,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const { room } = await this.subscriptions.unsubscribe(actor, roomId, socket, WORKSPACE_DIALECT);
    const left = { roomId: room.id };
    this.publisher.emitter.toSocket(socket, 'room_left', left);
    return left;
  }

  @OnEvent('send_message', {
    outlivesConnection: true,
    pipelined: true,
    access: 'authenticated',
    summary: 'Send a message; confirmed once it is committed',
    payload: sendMessagePayload,
    ack: messageAnswerSchema,
    emits: ['message_sent', 'new_message', 'message_error'],
    errors: [
      ...ROOM_CODES,
      'FORBIDDEN',
      'ROOM_INACTIVE',
      'MESSAGE_TOO_LONG',
      'TOO_MANY_FILES',
      'MESSAGE_SEND_FAILED',
    ],
    example: { roomId: roomExample.id, content: 'Hello, world!', type: 'TEXT' },
  })
  async send(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId, ...body }: SendPayload,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    const { message } = await sending(
      this.messages.send(actor, roomId, toSendMessageBody(body), turn.letNext),
    );
    const sent = { message: toMessage(message) };
    this.publisher.emitter.toSocket(socket, 'message_sent', sent);
    return sent;
  }

  @OnEvent('typing_start', {
    access: 'authenticated',
    summary: 'Tell the room that you type; expires after 10 s',
    ...ROOM,
    emits: ['user_typing', 'room_error'],
    errors: [...ROOM_CODES, 'FORBIDDEN', 'ROOM_INACTIVE'],
  })
  async startTyping(@CurrentActor() actor: Actor, @MessageBody() { roomId }: RoomPayload) {
    await this.typing.start(actor, roomId);
  }

  @OnEvent('typing_stop', {
    access: 'authenticated',
    summary: 'Tell the room that you stopped typing',
    ...ROOM,
    emits: ['user_stopped_typing', 'room_error'],
    errors: ROOM_CODES,
  })
  async stopTyping(@CurrentActor() actor: Actor, @MessageBody() { roomId }: RoomPayload) {
    await this.typing.stop(actor, roomId);
  }

  @OnEvent('mark_read', {
    access: 'authenticated',
    summary: 'Mark all messages of a room as read',
    ...ROOM,
    ack: z.object({ roomId: z.string(), unreadCount: z.number() }),
    emits: ['messages_read', 'room_error'],
    errors: ROOM_CODES,
  })
  async markRead(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId }: RoomPayload,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const unreadCount = await this.receipts.markRead(actor, roomId, {});
    const { id } = await this.access.get(actor, roomId);
    this.publisher.emitter.toSocket(socket, 'messages_read', { roomId: id });
    return { roomId: id, unreadCount };
  }
}
