import { z } from 'zod';
import { defineServerEvents } from '#libs/platform/realtime';
import { shownClientId } from '#libs/messages';
import { SESSION_STATUSES } from './dto/support.dto.js';
import { SUPPORT_DIALECT } from './support.dialect.js';
import {
  messageExample,
  messageSchema,
  mySessionExample,
  mySessionSchema,
  participantSchema,
  ROLES,
  sessionExample,
  sessionSchema,
} from './support.presenter.js';

const id = z.string().meta({ examples: [sessionExample.id] });
const userId = z.string().meta({ examples: ['456'] });
const agent = { agent_id: '456', agent_name: 'Mike Johnson' };
const active = { ...sessionExample, status: 'active' as const, ...agent };

export const sessionJoinedSchema = z.object({
  session: mySessionSchema,
  messages: z.array(messageSchema).meta({ description: 'The newest 50, oldest first' }),
  participants: z.array(participantSchema).meta({ description: 'The first 200, in order of joining' }),
});
export const messageSentSchema = z.object({
  message_id: z.string(),
  temp_id: shownClientId,
  sent_at: z.string(),
});
export const chatAcceptedSchema = z.object({
  session: sessionSchema,
  agent_id: userId,
  agent_name: z.string(),
});
export const chatClosedSchema = z.object({
  session: sessionSchema,
  closed_by: userId.nullable().meta({ description: 'Null for the host platform' }),
});

export const supportServerEvents = defineServerEvents(SUPPORT_DIALECT, {
  session_joined: {
    summary: 'You joined a session with this socket',
    payload: sessionJoinedSchema,
    example: { session: mySessionExample, messages: [messageExample], participants: [] },
  },
  new_message: {
    summary: 'A message was stored in a joined session; the sender gets it too',
    payload: z.object({ message: messageSchema }),
    example: { message: messageExample },
  },
  message_edited: {
    summary: 'A message of a joined session was edited',
    payload: z.object({ message: messageSchema }),
    example: { message: messageExample },
  },
  message_deleted: {
    summary: 'A message of a joined session was deleted; forget its content',
    payload: z.object({ message_id: z.string(), session_id: id }),
    example: { message_id: messageExample.id, session_id: sessionExample.id },
  },
  message_sent: {
    summary: 'Your message is stored',
    payload: messageSentSchema,
    example: {
      message_id: messageExample.id,
      temp_id: 'temp-1705329000000',
      sent_at: messageExample.created_at,
    },
  },
  user_typing: {
    summary: 'Someone else types; at most once a second for each typist',
    payload: z.object({ session_id: id, user_id: userId, user_name: z.string() }),
  },
  typing_stopped: {
    summary: 'Someone stopped typing, or did not go on for 10 s',
    payload: z.object({ session_id: id, user_id: userId }),
  },
  messages_read: {
    summary: 'Someone read messages of a joined session; all of them where none is named',
    payload: z.object({ session_id: id, user_id: userId, message_ids: z.array(z.string()).optional() }),
  },
  user_joined: {
    summary: 'Someone became a participant, or came with their first socket',
    payload: z.object({ session_id: id, user_id: userId, role: z.enum(ROLES), name: z.string() }),
  },
  user_left: {
    summary: 'Someone left with their last socket, or is no longer a participant',
    payload: z.object({ session_id: id, user_id: userId, role: z.enum(ROLES) }),
  },
  chat_accepted: {
    summary: 'An agent took a joined session',
    payload: chatAcceptedSchema,
    example: { session: active, ...agent },
  },
  chat_closed: {
    summary: 'A joined session was closed',
    payload: chatClosedSchema,
    example: { session: { ...active, status: 'closed' as const }, closed_by: '456' },
  },
  session_status_changed: {
    summary: 'Status of a joined session changed; of every support session for sockets of the support team',
    payload: z.object({ session_id: id, status: z.enum(SESSION_STATUSES), agent_id: userId.optional() }),
  },
  error: {
    summary: 'An event of yours was refused',
    payload: z.object({
      message: z.string(),
      code: z.string(),
      details: z.array(z.record(z.string(), z.unknown())),
      event: z.string().meta({ description: 'Name of the refused event' }),
    }),
    example: {
      message: 'This room is closed; it takes no new messages.',
      code: 'SESSION_INACTIVE',
      details: [{ status: 'closed' }],
      event: 'send_message',
    },
  },
});
