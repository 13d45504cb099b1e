import { ApiFile } from '#libs/platform/schemas';
import { Field, queryNumberOf, unlessBlank } from '#libs/platform/validation';
import { SessionId } from './booking-fields.js';

const MAX_SECONDS = 86_400;
const seconds = unlessBlank(queryNumberOf(0, MAX_SECONDS, 'must be a number of seconds'));

/** Fields beside the recording; forms hold text only. */
export class BookingVoiceNoteFormDto {
  @ApiFile() voice_note?: unknown;
  @SessionId() session_id!: string;
  @Field(seconds, {
    optional: true,
    description: 'Seconds; believed only where the recording does not tell',
  })
  duration?: number;
}
