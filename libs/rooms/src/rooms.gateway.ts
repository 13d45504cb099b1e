import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type ChatSocket, type EventTurn } from '#libs/platform/realtime';
import { ROOM_ERRORS } from './rooms.errors.js';
import { JoinedRoomBody, RoomNamedPayload } from './dto/room-events.body.js';
import { JoinRoomPayloadDto, RoomPayloadDto } from './dto/room-ref.js';
import { RoomJoinService } from './room-join.service.js';
import { wireRoomId } from './rooms.presenter.js';
import { RoomsPublisher } from './rooms.publisher.js';
import { SERVICE_DIALECT } from './service.dialect.js';

/** Rooms on sockets, in the service dialect. */
@ChatGateway(SERVICE_DIALECT)
export class RoomsGateway {
  constructor(
    private readonly joining: RoomJoinService,
    private readonly publisher: RoomsPublisher,
  ) {}

  @OnEvent('join_room', {
    access: 'authenticated',
    summary: 'Receive a room with this socket; who may join it and is not in it becomes a participant',
    ack: JoinedRoomBody,
    emits: ['room_joined', 'user_joined'],
    errors: [...ROOM_ERRORS, 'ROOM_FULL'],
    example: { room_id: 'service_789', after_seq: 41 },
  })
  async join(
    @CurrentActor() actor: Actor,
    @MessageBody() { room_id, after_seq }: JoinRoomPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    const joined = await this.joining.join(actor, room_id, { socket, turn }, after_seq);
    this.publisher.emitter.toSocket(socket, 'room_joined', joined);
    return joined;
  }

  @OnEvent('leave_room', {
    access: 'authenticated',
    summary: 'Stop receiving a room with this socket; you stay a participant (REST leaves for good)',
    ack: RoomNamedPayload,
    emits: ['room_left'],
    errors: ROOM_ERRORS,
    example: { room_id: 'service_789' },
  })
  async leave(
    @CurrentActor() actor: Actor,
    @MessageBody() { room_id }: RoomPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const { room } = await this.joining.unsubscribe(actor, room_id, socket, SERVICE_DIALECT);
    const left = { room_id: wireRoomId(room) };
    this.publisher.emitter.toSocket(socket, 'room_left', left);
    return left;
  }
}
