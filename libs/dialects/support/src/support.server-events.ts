import { defineServerEvents } from '#libs/platform/realtime';
import { messageExample } from './dto/message.body.js';
import {
  ChatAcceptedPayload,
  ChatClosedPayload,
  ErrorPayload,
  MessageDeletedPayload,
  MessagePayload,
  MessageSentPayload,
  MessagesReadPayload,
  SessionJoinedPayload,
  StatusChangedPayload,
  TypingStoppedPayload,
  UserJoinedPayload,
  UserLeftPayload,
  UserTypingPayload,
} from './dto/session-events.body.js';
import { mySessionExample, sessionExample } from './dto/session.body.js';
import { SUPPORT_DIALECT } from './support.dialect.js';

const agent = { agent_id: '456', agent_name: 'Mike Johnson' };
const active = { ...sessionExample, status: 'active' as const, ...agent };

export const supportServerEvents = defineServerEvents(SUPPORT_DIALECT, {
  session_joined: {
    summary: 'You joined a session with this socket',
    payload: SessionJoinedPayload,
    example: { session: mySessionExample, messages: [messageExample], participants: [] },
  },
  new_message: {
    summary: 'A message was stored in a joined session; the sender gets it too',
    payload: MessagePayload,
    example: { message: messageExample },
  },
  message_edited: {
    summary: 'A message of a joined session was edited',
    payload: MessagePayload,
    example: { message: messageExample },
  },
  message_deleted: {
    summary: 'A message of a joined session was deleted; forget its content',
    payload: MessageDeletedPayload,
    example: { message_id: messageExample.id, session_id: sessionExample.id },
  },
  message_sent: {
    summary: 'Your message is stored',
    payload: MessageSentPayload,
    example: {
      message_id: messageExample.id,
      temp_id: 'temp-1705329000000',
      sent_at: messageExample.created_at,
    },
  },
  user_typing: {
    summary: 'Someone else types; at most once a second for each typist',
    payload: UserTypingPayload,
  },
  typing_stopped: {
    summary: 'Someone stopped typing, or did not go on for 10 s',
    payload: TypingStoppedPayload,
  },
  messages_read: {
    summary: 'Someone read messages of a joined session; all of them where none is named',
    payload: MessagesReadPayload,
  },
  user_joined: {
    summary: 'Someone became a participant, or came with their first socket',
    payload: UserJoinedPayload,
  },
  user_left: {
    summary: 'Someone left with their last socket, or is no longer a participant',
    payload: UserLeftPayload,
  },
  chat_accepted: {
    summary: 'An agent took a joined session',
    payload: ChatAcceptedPayload,
    example: { session: active, ...agent },
  },
  chat_closed: {
    summary: 'A joined session was closed',
    payload: ChatClosedPayload,
    example: { session: { ...active, status: 'closed' as const }, closed_by: '456' },
  },
  session_status_changed: {
    summary: 'Status of a joined session changed; of every support session for sockets of the support team',
    payload: StatusChangedPayload,
  },
  error: {
    summary: 'An event of yours was refused',
    payload: ErrorPayload,
    example: {
      message: 'This room is closed; it takes no new messages.',
      code: 'SESSION_INACTIVE',
      details: [{ status: 'closed' }],
      event: 'send_message',
    },
  },
});
