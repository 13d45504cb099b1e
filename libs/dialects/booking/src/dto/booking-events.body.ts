import { ApiProperty } from '@nestjs/swagger';
import { ApiClientId, type ClientIdValue } from '#libs/messages';
import { ApiFlag, ApiList, ApiNested, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { BookingFailure } from '../booking-failure.js';
import { BookingMessageBody, messageExample, ReactionCountBody } from './message.body.js';

const ApiSessionId = () => ApiText({ example: messageExample.session_id });
const ApiPersonName = () => ApiText({ example: 'Samia Reader' });

@Schema('BookingChat', { description: 'Names a chat session that a socket receives, or does not any more' })
export class ChatBody {
  @ApiSessionId() session_id!: string;
}

@Schema('BookingAttendanceEvent', { description: 'Someone came or went' })
export class AttendancePayload extends ChatBody {
  @ApiText() user_id!: string;
  @ApiPersonName() user_name!: string;
  @ApiTime() timestamp!: string;
}

@Schema('BookingTypingEvent', { description: 'Someone types, or stopped' })
export class TypingPayload extends ChatBody {
  @ApiText() user_id!: string;
  @ApiPersonName() user_name!: string;
  @ApiFlag() is_typing!: boolean;
}

@Schema('BookingMessageDeletedEvent', { description: 'Names a message that was deleted' })
export class MessageDeletedPayload extends ChatBody {
  @ApiText() message_id!: string;
}

@Schema('BookingMessageSent', { description: 'Your message as it is stored' })
export class MessageSentBody extends ChatBody {
  @ApiText({ description: 'Id that the message is stored under' }) message_id!: string;
  @ApiClientId() client_id!: ClientIdValue | null;
  @ApiTime() timestamp!: string;
  @ApiNested(() => BookingMessageBody) message!: BookingMessageBody;
}

@Schema('BookingReaction', { description: 'A reaction that was put on a message or taken back' })
export class ReactionBody extends ChatBody {
  @ApiText() message_id!: string;
  @ApiText({ example: '❤️' }) reaction!: string;
  @ApiFlag({ description: 'False when it was taken back' }) added!: boolean;
  @ApiList(() => ReactionCountBody, { description: 'What the message has now' })
  reactions!: ReactionCountBody[];
}

@Schema('BookingReactionEvent', { description: 'Someone put a reaction on a message, or took it back' })
export class ReactionPayload extends ReactionBody {
  @ApiText() user_id!: string;
  @ApiPersonName() user_name!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How often the message has each reaction',
    example: { '❤️': 2 },
  })
  reaction_counts!: Record<string, number>;
}

@Schema('BookingErrorEvent', { description: 'A refusal of an event' })
export class ErrorPayload extends BookingFailure {
  @ApiText({ description: 'As error' }) message!: string;
  @ApiText({ description: 'The event that was refused', example: 'join_chat' }) event!: string;
}
