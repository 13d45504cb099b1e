import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type ChatSocket, type EventTurn } from '#libs/platform/realtime';
import { MessagesService, ReceiptsService } from '#libs/messages';
import { TypingService } from '#libs/presence';
import { ROOM_ERRORS, RoomAccessService, RoomJoinService } from '#libs/rooms';
import {
  WorkspaceJoinedRoomPayload,
  WorkspaceRoomEventPayload,
  WorkspaceUnreadCountPayload,
} from './dto/events.payload.js';
import { WorkspaceStoredMessageBody } from './dto/messages.body.js';
import { toSendMessageBody, WorkspaceSendMessagePayloadDto } from './dto/messages.dto.js';
import { WorkspaceRoomPayloadDto } from './dto/rooms.dto.js';
import { toMessage } from './messages.presenter.js';
import { roomExample } from './rooms.presenter.js';
import { SEND_ERRORS } from './routes.js';
import { WorkspacePresence } from './workspace-presence.publisher.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';
import { sending } from './workspace.errors.js';
import { WorkspacePublisher } from './workspace.publisher.js';

const ROOM = { example: { roomId: roomExample.id } };

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
    ack: WorkspaceJoinedRoomPayload,
    emits: ['room_joined', 'room_users_update', 'user_online', 'room_error'],
    errors: ['ROOM_NOT_FOUND', 'JOIN_ROOM_FAILED'],
  })
  async join(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId }: WorkspaceRoomPayloadDto,
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
    ack: WorkspaceRoomEventPayload,
    emits: ['room_left', 'room_error'],
    errors: ROOM_ERRORS,
  })
  async leave(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId }: WorkspaceRoomPayloadDto,
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
    ack: WorkspaceStoredMessageBody,
    emits: ['message_sent', 'new_message', 'message_error'],
    errors: [...SEND_ERRORS, 'FORBIDDEN'],
    example: { roomId: roomExample.id, content: 'Hello, world!', type: 'TEXT' },
  })
  async send(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId, ...body }: WorkspaceSendMessagePayloadDto,
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
    errors: [...ROOM_ERRORS, 'FORBIDDEN', 'ROOM_INACTIVE'],
  })
  async startTyping(@CurrentActor() actor: Actor, @MessageBody() { roomId }: WorkspaceRoomPayloadDto) {
    await this.typing.start(actor, roomId);
  }

  @OnEvent('typing_stop', {
    access: 'authenticated',
    summary: 'Tell the room that you stopped typing',
    ...ROOM,
    emits: ['user_stopped_typing', 'room_error'],
    errors: ROOM_ERRORS,
  })
  async stopTyping(@CurrentActor() actor: Actor, @MessageBody() { roomId }: WorkspaceRoomPayloadDto) {
    await this.typing.stop(actor, roomId);
  }

  @OnEvent('mark_read', {
    access: 'authenticated',
    summary: 'Mark all messages of a room as read',
    ...ROOM,
    ack: WorkspaceUnreadCountPayload,
    emits: ['messages_read', 'room_error'],
    errors: ROOM_ERRORS,
  })
  async markRead(
    @CurrentActor() actor: Actor,
    @MessageBody() { roomId }: WorkspaceRoomPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const unreadCount = await this.receipts.markRead(actor, roomId, {});
    const { id } = await this.access.get(actor, roomId);
    this.publisher.emitter.toSocket(socket, 'messages_read', { roomId: id });
    return { roomId: id, unreadCount };
  }
}
