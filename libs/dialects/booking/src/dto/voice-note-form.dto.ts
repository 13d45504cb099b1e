import { ApiFile } from '#libs/platform/schemas';
import { Field, queryNumberOf, unlessBlank } from '#libs/platform/validation';
import { RoomRef } from '#libs/rooms';

const MAX_SECONDS = 86_400;
const seconds = unlessBlank(queryNumberOf(0, MAX_SECONDS, 'must be a number of seconds'));

/** Fields beside the recording; forms hold text only. */
export class BookingVoiceNoteFormDto {
  @ApiFile() voice_note?: unknown;
  @RoomRef({ description: 'Id of the chat session', example: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f' })
  session_id!: string;
  @Field(seconds, {
    optional: true,
    description: 'Seconds; believed only where the recording does not tell',
  })
  duration?: number;
}
