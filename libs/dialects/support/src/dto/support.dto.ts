import { IsIn, MaxLength } from 'class-validator';
import { ApiFiles } from '#libs/platform/schemas';
import {
  Field,
  HostId,
  ListField,
  MAX_PAGE,
  oneOfKind,
  OneOf,
  PageSize,
  QueryInteger,
  QueryList,
  queryListOf,
  rawTextOf,
  Text,
  type Kind,
} from '#libs/platform/validation';
import { ClientId, MAX_FILES, MessageIds, MessageText, MOST_NAMED, type ClientIdValue } from '#libs/messages';
import { RoomRef } from '#libs/rooms';
import {
  messageTypes,
  priorities,
  sessionStatuses,
  type MessageType,
  type Priority,
  type SessionStatus,
} from './support-enumerations.js';

const EXAMPLE_ID = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';
const SHOWN_UNLESS_TOLD: SessionStatus[] = ['waiting', 'active'];
const MAX_FILE_ID = 200;
const MAX_READ = 100;

const priorityKind: Kind = {
  ...oneOfKind(priorities),
  read: (value) => (value === 'medium' ? 'normal' : value),
};

const statusList = queryListOf(sessionStatuses.enum.length);
const statusListKind: Kind = {
  ...statusList,
  schema: { ...oneOfKind(sessionStatuses).schema, isArray: true },
  // Clients that always append their filters send empty ones: they count as left out.
  read: (value) => {
    const list = statusList.read?.(value);
    return Array.isArray(list) && list.length === 0 ? undefined : list;
  },
};

export class SupportCreateSessionDto {
  @Text({ max: 256 }) subject!: string;
  @Text({ max: 128, optional: true, nullable: true }) category?: string | null;
  @Field(priorityKind, {
    optional: true,
    nullable: true,
    description: 'medium is another word for normal, which answers show',
  })
  priority?: Priority | null;
  @HostId({ optional: true, nullable: true }) restaurant_id?: string | null;
  @HostId({ optional: true, nullable: true }) ticket_id?: string | null;
  @MessageText({ optional: true, nullable: true, description: 'Becomes the first message' })
  initial_message?: string | null;
}

export class SupportSessionsQueryDto {
  // Each by itself: a detail names the wrong entry, such as `status.0`.
  @IsIn(sessionStatuses.enum, { each: true, message: `must be of ${sessionStatuses.enum.join(', ')}` })
  @Field(statusListKind, {
    default: SHOWN_UNLESS_TOLD,
    description: 'One or several, comma-separated; waiting and active unless told',
  })
  status!: SessionStatus[];
  @PageSize({ description: 'At most 100' }) limit!: number;
  @QueryInteger({ min: 0, max: MAX_PAGE, default: 0 }) offset!: number;
}

export class SupportMessagesQueryDto {
  @PageSize({ description: 'At most 100' }) limit!: number;
  @QueryInteger({
    min: 0,
    max: MAX_PAGE,
    default: 0,
    description: 'So many of the newest messages are left out',
  })
  offset!: number;
}

export class SupportSendMessageDto {
  @MessageText({ default: '' }) content!: string;
  @OneOf(messageTypes, { default: 'text' }) message_type!: MessageType;
  @ClientId({ description: 'Your own id, told back; a repeat with the same content is one' })
  temp_id?: ClientIdValue | null;
  // How many a message may have is the service's rule, with its own code.
  @ListField(rawTextOf(MAX_FILE_ID), {
    max: MOST_NAMED,
    optional: true,
    nullable: true,
    description: '`file_id` of at most 5 files that were uploaded before',
  })
  attachment_ids?: string[] | null;
}

/** The files of a message with the fields beside them, which hold text only. */
export class SupportMessageFormDto {
  @MessageText({ default: '' }) content!: string;
  @OneOf(messageTypes, { optional: true, description: 'Follows from the files unless told' })
  message_type?: MessageType;
  @ClientId() temp_id?: ClientIdValue | null;
  @MaxLength(MAX_FILE_ID, { each: true, message: `must have at most ${MAX_FILE_ID} characters` })
  @QueryList({
    max: MOST_NAMED,
    optional: true,
    description: '`file_id` of files that were uploaded before, comma-separated',
  })
  attachment_ids?: string[];
  @ApiFiles({ optional: true, minItems: 1, maxItems: MAX_FILES }) attachments?: unknown;
}

export class SupportReadDto {
  @MessageIds({
    max: MAX_READ,
    optional: true,
    nullable: true,
    description: 'Exactly these; all when left out or null',
  })
  message_ids?: string[] | null;
}

export class SupportStatusDto {
  @OneOf(sessionStatuses) status!: SessionStatus;
}

const SessionRef = () => RoomRef({ description: 'Id of the session', example: EXAMPLE_ID });

/** The session of a socket event. */
export class SupportSessionPayloadDto {
  @SessionRef() session_id!: string;
}

export class SupportSendMessagePayloadDto extends SupportSendMessageDto {
  @SessionRef() session_id!: string;
}

export class SupportReadPayloadDto extends SupportReadDto {
  @SessionRef() session_id!: string;
}

/** For `params` of routes. */
export const SESSION_PARAM = { sessionId: { description: 'Id of the session', example: EXAMPLE_ID } };
