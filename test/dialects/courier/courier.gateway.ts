import { MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent } from '#libs/platform/realtime';
import { ROOM_ERRORS, RoomAccessService } from '#libs/rooms';
import { ParcelBody, ParcelDto } from './courier.bodies.js';
import { COURIER_DIALECT } from './courier.dialect.js';

@ChatGateway(COURIER_DIALECT)
export class CourierGateway {
  constructor(private readonly access: RoomAccessService) {}

  @OnEvent('join_room', {
    access: 'authenticated',
    summary: 'Say which parcel you carry',
    ack: ParcelBody,
    emits: ['courier_error'],
    errors: ROOM_ERRORS,
    example: { parcel: 'service_789' },
  })
  async carry(@CurrentActor() actor: Actor, @MessageBody() { parcel }: ParcelDto): Promise<ParcelBody> {
    const { room } = await this.access.toRead(actor, parcel);
    return { parcel: room.id };
  }
}
