import { ApiList, ApiText, Schema } from '#libs/platform/schemas';
import { Text } from '#libs/platform/validation';

/** What clients send. */
export class ParcelDto {
  @Text({ max: 100, description: 'Id of the parcel' }) parcel!: string;
}

/** What they are answered. */
@Schema('CourierParcel')
export class ParcelBody {
  @ApiText({ example: 'service_789' }) parcel!: string;
}

@Schema('CourierError')
export class CourierErrorBody {
  @ApiText() message!: string;
  @ApiText() code!: string;
  @ApiList('object') details!: Record<string, unknown>[];
  @ApiText({ description: 'The event that was refused' }) event!: string;
}
