import { Param } from '@nestjs/common';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { ROOM_ERRORS, RoomAccessService } from '#libs/rooms';
import { courierDialect } from './courier.dialect.js';
import { courierErrors } from './courier.errors.js';
import { parcelSchema } from './courier.server-events.js';

const params = { id: { description: 'Id of the parcel', example: 'service_789' } };

@ChatController(courierDialect, 'api/courier/parcels')
export class CourierController {
  constructor(private readonly access: RoomAccessService) {}

  @Endpoint('get', ':id', {
    access: 'authenticated',
    summary: 'Read a parcel',
    params,
    response: parcelSchema,
    errors: ROOM_ERRORS,
  })
  async get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    const { room } = await this.access.asMember(actor, id);
    return { parcel: room.id };
  }

  @Endpoint('post', ':id/load', {
    access: 'authenticated',
    summary: 'Load a parcel',
    params,
    response: parcelSchema,
    errors: ['PARCEL_TOO_HEAVY'],
  })
  load(): never {
    throw courierErrors.tooHeavy(2_000);
  }
}
