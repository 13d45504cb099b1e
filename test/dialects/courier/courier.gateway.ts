import { Gateway, OnSocketEvent, type SocketContext } from '#libs/platform/realtime';
import { ROOM_ERRORS, RoomAccessService } from '#libs/rooms';
import { COURIER_DIALECT } from './courier.dialect.js';
import { parcelSchema } from './courier.server-events.js';

@Gateway({ dialect: COURIER_DIALECT })
export class CourierGateway {
  constructor(private readonly access: RoomAccessService) {}

  @OnSocketEvent('join_room', {
    access: 'authenticated',
    summary: 'Say which parcel you carry',
    payload: parcelSchema,
    ack: parcelSchema,
    emits: ['courier_error'],
    errors: ROOM_ERRORS,
    example: { parcel: 'service_789' },
  })
  async carry({ actor }: SocketContext, { parcel }: { parcel: string }) {
    const { room } = await this.access.asMember(actor, parcel);
    return { parcel: room.id };
  }
}
