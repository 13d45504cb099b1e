import { ApiInteger, ApiList, ApiNested, ApiOneOf, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { ApiClientId, type ClientIdValue } from '#libs/messages';
import { MessageBody } from './message.body.js';
import { MySessionBody, ParticipantBody, SessionBody, sessionExample } from './session.body.js';
import { roles, sessionStatuses, type Role, type SessionStatus } from './support-enumerations.js';

const ApiSessionId = () => ApiText({ example: sessionExample.id });
const USER = { example: '456' };

@Schema('SupportSessionJoined', { description: 'A session that you joined, with what is in it' })
export class SessionJoinedPayload {
  @ApiNested(() => MySessionBody) session!: MySessionBody;
  @ApiList(() => MessageBody, { description: 'The newest 50, oldest first' }) messages!: MessageBody[];
  @ApiList(() => ParticipantBody, { description: 'The first 200, in order of joining' })
  participants!: ParticipantBody[];
}

@Schema('SupportSessionLeft', { description: 'The session that this socket left' })
export class SessionLeftBody {
  @ApiSessionId() session_id!: string;
}

@Schema('SupportMessageEvent', { description: 'A message that is new or was changed' })
export class MessagePayload {
  @ApiNested(() => MessageBody) message!: MessageBody;
}

@Schema('SupportMessageDeleted')
export class MessageDeletedPayload {
  @ApiText() message_id!: string;
  @ApiSessionId() session_id!: string;
}

@Schema('SupportMessageSent', { description: 'Your message, as it is stored' })
export class MessageSentPayload {
  @ApiText() message_id!: string;
  @ApiClientId() temp_id!: ClientIdValue | null;
  @ApiTime() sent_at!: string;
}

@Schema('SupportTypingStopped')
export class TypingStoppedPayload {
  @ApiSessionId() session_id!: string;
  @ApiText(USER) user_id!: string;
}

@Schema('SupportUserTyping')
export class UserTypingPayload extends TypingStoppedPayload {
  @ApiText() user_name!: string;
}

@Schema('SupportMessagesRead')
export class MessagesReadPayload {
  @ApiSessionId() session_id!: string;
  @ApiText(USER) user_id!: string;
  @ApiList('string', { optional: true }) message_ids?: string[];
}

@Schema('SupportUnread', { description: 'What is left unread in a session' })
export class UnreadBody {
  @ApiInteger() unread_count!: number;
}

@Schema('SupportUserLeft')
export class UserLeftPayload {
  @ApiSessionId() session_id!: string;
  @ApiText(USER) user_id!: string;
  @ApiOneOf(roles) role!: Role;
}

@Schema('SupportUserJoined')
export class UserJoinedPayload extends UserLeftPayload {
  @ApiText() name!: string;
}

@Schema('SupportChatAccepted', { description: 'A session, and who took it' })
export class ChatAcceptedPayload {
  @ApiNested(() => SessionBody) session!: SessionBody;
  @ApiText(USER) agent_id!: string;
  @ApiText() agent_name!: string;
}

@Schema('SupportChatClosed', { description: 'A session, and who closed it' })
export class ChatClosedPayload {
  @ApiNested(() => SessionBody) session!: SessionBody;
  @ApiText({ ...USER, nullable: true, description: 'Null for the host platform' })
  closed_by!: string | null;
}

@Schema('SupportStatusChanged')
export class StatusChangedPayload {
  @ApiSessionId() session_id!: string;
  @ApiOneOf(sessionStatuses) status!: SessionStatus;
  @ApiText({ ...USER, optional: true }) agent_id?: string;
}

@Schema('SupportError')
export class ErrorPayload {
  @ApiText() message!: string;
  @ApiText() code!: string;
  @ApiList('object') details!: Record<string, unknown>[];
  @ApiText({ description: 'Name of the refused event' }) event!: string;
}
