import { ApiFile, ApiFiles } from '#libs/platform/schemas';
import {
  Field,
  Holds,
  queryNumberOf,
  textOf,
  unlessBlank,
  type FieldOptions,
  type Kind,
} from '#libs/platform/validation';
import { MAX_FILES } from '#libs/messages';
import { roomRefKind } from '#libs/rooms';

const MAX_DESCRIPTION = 1_000;
const MAX_SECONDS = 86_400;

/** What breaks a rule of the kind counts as left out, instead of being refused. */
const leniently = (kind: Kind): Kind => ({
  ...kind,
  read: (value) => {
    const read = kind.read ? kind.read(value) : value;
    return kind.rules.every(({ holds }) => holds(read)) ? read : undefined;
  },
});

const FormField = (kind: Kind, schema: Kind['schema'], options: FieldOptions) =>
  Field({ ...unlessBlank(kind), schema }, { optional: true, ...options });
const RoomField = (options: FieldOptions) =>
  FormField(roomRefKind, { type: 'string' }, { example: 'service_789', ...options });

/** The upload before a message. Fields of a form that were left empty count as left out. */
export class UploadFormDto {
  @ApiFile({ optional: true }) file?: unknown;
  @RoomField({ description: 'Required with `file`' }) room_id?: string;
  @RoomField({ description: 'As `room_id`, which counts where both are given' }) session_id?: string;
  @FormField(
    textOf(MAX_DESCRIPTION),
    { type: 'string', maxLength: MAX_DESCRIPTION },
    { example: 'Vehicle damage photo' },
  )
  description?: string;
  @FormField(
    leniently(queryNumberOf(0, MAX_SECONDS)),
    { type: 'number' },
    { description: 'Seconds of a recording; believed only where the file does not tell' },
  )
  duration?: number;
  @ApiFiles({ optional: true, maxItems: MAX_FILES }) attachments?: unknown;
}

/** With the service document's `file`, which is for a room; support's `attachments` need not say for which. */
@Holds({
  field: 'room_id',
  holds: ({ room_id }) => room_id !== undefined,
  message: 'must name the room that the file is for',
})
export class RoomUploadFormDto extends UploadFormDto {}
