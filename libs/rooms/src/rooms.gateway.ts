import { Gateway, OnSocketEvent, type SocketContext } from '#libs/platform/realtime';
import { joinRoomPayload, roomPayload, type JoinRoomPayload, type RoomPayload } from './dto/rooms.dto.js';
import { RoomJoinService } from './room-join.service.js';
import { wireRoomId } from './rooms.presenter.js';
import { RoomsPublisher } from './rooms.publisher.js';
import { joinedRoomSchema } from './rooms.server-events.js';
import { SERVICE_DIALECT } from './service.dialect.js';

/** Rooms on sockets, in the service dialect. */
@Gateway({ dialect: SERVICE_DIALECT })
export class RoomsGateway {
  constructor(
    private readonly joining: RoomJoinService,
    private readonly publisher: RoomsPublisher,
  ) {}

  @OnSocketEvent('join_room', {
    access: 'authenticated',
    summary: 'Receive a room with this socket; who may join it and is not in it becomes a participant',
    payload: joinRoomPayload,
    ack: joinedRoomSchema,
    emits: ['room_joined', 'user_joined'],
    errors: ['ROOM_NOT_FOUND', 'ACCESS_DENIED', 'ROOM_FULL'],
    example: { room_id: 'service_789', after_seq: 41 },
  })
  async join(context: SocketContext, { room_id, after_seq }: JoinRoomPayload) {
    const joined = await this.joining.join(context, room_id, after_seq);
    this.publisher.emitter.toSocket(context.socket, 'room_joined', joined);
    return joined;
  }

  @OnSocketEvent('leave_room', {
    access: 'authenticated',
    summary: 'Stop receiving a room with this socket; you stay a participant (REST leaves for good)',
    payload: roomPayload,
    emits: ['room_left'],
    errors: ['ROOM_NOT_FOUND', 'ACCESS_DENIED'],
    example: { room_id: 'service_789' },
  })
  async leave({ socket, actor }: SocketContext, { room_id }: RoomPayload) {
    const { room } = await this.joining.unsubscribe(actor, room_id, socket, SERVICE_DIALECT);
    const left = { room_id: wireRoomId(room) };
    this.publisher.emitter.toSocket(socket, 'room_left', left);
    return left;
  }
}
