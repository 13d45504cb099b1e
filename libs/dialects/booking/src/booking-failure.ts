import { ApiConst, ApiList, ApiText, Schema } from '#libs/platform/schemas';

@Schema('BookingFailure', { description: 'Every answer of the booking contract that is not a success' })
export class BookingFailure {
  @ApiConst(false) success!: false;
  @ApiText({ description: 'What went wrong and what to do, for people' }) error!: string;
  @ApiText({ description: 'Stable code, for programs', example: 'CHAT_ACCESS_DENIED' }) code!: string;
  @ApiList('string', { description: 'A sentence for each fault' }) details!: string[];
}
