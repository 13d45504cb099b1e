import {
  Field,
  HostId,
  IsoDate,
  IsoDateEnd,
  OneOf,
  PageQueryDto,
  QueryList,
  rawTextOf,
} from '#libs/platform/validation';
import type { MessageType } from '../entities/message.entity.js';
import { messageTypes } from './message-fields.js';

const searchTextKind = rawTextOf(200, { trim: true, filled: true, notText: 'is required' });

export class SearchQueryDto extends PageQueryDto {
  @Field(searchTextKind, {
    description:
      'Words (found as beginnings of words) and "quoted phrases"; accents, case and punctuation do not matter',
  })
  q!: string;
  @QueryList({ max: 50, optional: true, description: 'Only in these rooms; repeated or comma-separated' })
  room_ids?: string[];
  @IsoDate({ optional: true }) date_from?: Date;
  @IsoDateEnd({ optional: true }) date_to?: Date;
  @HostId({ optional: true }) sender_id?: string;
  @OneOf(messageTypes, { optional: true }) message_type?: MessageType;
}
