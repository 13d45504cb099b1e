import { Body, Param } from '@nestjs/common';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { ROOM_ERRORS, RoomAccessService } from '#libs/rooms';
import { ParcelBody, ParcelDto } from './courier.bodies.js';
import { courierDialect } from './courier.dialect.js';
import { courierErrors } from './courier.errors.js';

const params = { id: { description: 'Id of the parcel', example: 'service_789' } };

@ChatController(courierDialect, 'api/courier/parcels')
export class CourierController {
  constructor(private readonly access: RoomAccessService) {}

  @Endpoint('get', ':id', {
    access: 'authenticated',
    summary: 'Read a parcel',
    params,
    response: ParcelBody,
    errors: ROOM_ERRORS,
  })
  async get(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<ParcelBody> {
    const { room } = await this.access.toRead(actor, id);
    return { parcel: room.id };
  }

  @Endpoint('post', '', {
    access: 'authenticated',
    summary: 'Add a parcel to your load',
    response: ParcelBody,
    errors: ['PARCEL_TOO_HEAVY'],
    examples: { body: { parcel: 'service_789' } },
  })
  add(@Body() { parcel }: ParcelDto): ParcelBody {
    if (parcel.startsWith('heavy')) throw courierErrors.tooHeavy(2_000);
    return { parcel };
  }
}
