import { Field, Integer, type FieldOptions, type Kind } from '#libs/platform/validation';

/** Of any length: an id that cannot exist answers like an unknown one. */
export const roomRefKind: Kind = {
  schema: {
    oneOf: [
      { type: 'string', minLength: 1 },
      { type: 'integer', minimum: 0 },
    ],
    description: 'Key such as service_789, or plain id',
    example: 'service_789',
  },
  read: (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? String(value) : value),
  rules: [
    {
      name: 'isRoomRef',
      holds: (value) => typeof value === 'string' && value !== '',
      message: 'must be a room id',
    },
  ],
};

/** A room by its key or id, as text. */
export const RoomRef = (options?: FieldOptions) => Field(roomRefKind, options);

/** The room of a socket event; `service_request_id` and the like beside it are accepted and not needed. */
export class RoomPayloadDto {
  @RoomRef() room_id!: string;
}

export class JoinRoomPayloadDto extends RoomPayloadDto {
  @Integer({
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
    description: 'Sequence number of the last message you have: the answer holds what you missed',
  })
  after_seq?: number;
}
