import {
  Field,
  HostId,
  IsoDate,
  IsoDateEnd,
  OneOf,
  PageQueryDto,
  QueryList,
  type Kind,
} from '#libs/platform/validation';
import type { MessageType } from '../entities/message.entity.js';
import { messageTypes } from './message-fields.js';

const MOST_TEXT = 200;
const isText = (value: unknown): value is string => typeof value === 'string';

const searchTextKind: Kind = {
  schema: { type: 'string', minLength: 1, maxLength: MOST_TEXT },
  read: (value) => (isText(value) ? value.trim() : value),
  rules: [
    { name: 'isText', holds: isText, message: 'is required' },
    { name: 'isNotEmpty', holds: (value) => value !== '', message: 'must not be empty' },
    {
      name: 'maxLength',
      holds: (value) => (value as string).length <= MOST_TEXT,
      message: `must have at most ${MOST_TEXT} characters`,
    },
  ],
};

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
