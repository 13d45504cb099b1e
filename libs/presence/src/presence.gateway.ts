import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, type ChatSocket } from '#libs/platform/realtime';
import { ROOM_ERRORS, RoomPayloadDto, SERVICE_DIALECT } from '#libs/rooms';
import { OnlineUsersBody, toOnlineUsers } from './presence.presenter.js';
import { PresencePublisher } from './presence.publisher.js';
import { PresenceService } from './presence.service.js';
import { TypingService } from './typing.service.js';

/** Presence and typing on sockets, in the service dialect. */
@ChatGateway(SERVICE_DIALECT)
export class PresenceGateway {
  constructor(
    private readonly presence: PresenceService,
    private readonly typing: TypingService,
    private readonly publisher: PresencePublisher,
  ) {}

  @OnEvent('typing_start', {
    access: 'authenticated',
    summary: 'Tell the room that you type; ends by itself after 10 s',
    emits: ['user_typing'],
    errors: [...ROOM_ERRORS, 'ROOM_INACTIVE'],
    example: { room_id: 'service_789' },
  })
  async typingStart(@CurrentActor() actor: Actor, @MessageBody() { room_id }: RoomPayloadDto) {
    await this.typing.start(actor, room_id);
  }

  @OnEvent('typing_stop', {
    access: 'authenticated',
    summary: 'Tell the room that you stopped typing',
    emits: ['user_stopped_typing'],
    errors: ROOM_ERRORS,
    example: { room_id: 'service_789' },
  })
  async typingStop(@CurrentActor() actor: Actor, @MessageBody() { room_id }: RoomPayloadDto) {
    await this.typing.stop(actor, room_id);
  }

  @OnEvent('get_online_users', {
    access: 'authenticated',
    summary: 'People of a room who are online, yourself included',
    ack: OnlineUsersBody,
    emits: ['online_users'],
    errors: ROOM_ERRORS,
    example: { room_id: 'service_789' },
  })
  async onlineUsers(
    @CurrentActor() actor: Actor,
    @MessageBody() { room_id }: RoomPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const { roomRef, users } = await this.presence.onlineIn(actor, room_id);
    const answer = toOnlineUsers(roomRef, users);
    this.publisher.emitter.toSocket(socket, 'online_users', answer);
    return answer;
  }
}
