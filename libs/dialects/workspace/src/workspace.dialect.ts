import { defineDialect, has } from '#libs/platform/dialects';
import { NotParticipantError } from '#libs/rooms';

export const WORKSPACE_DIALECT = 'workspace';

const ROOM_EVENTS = new Set(['join_room', 'leave_room', 'typing_start', 'typing_stop', 'mark_read']);

function errorEventOf(event: string): string {
  if (event === 'send_message') return 'message_error';
  return ROOM_EVENTS.has(event) ? 'room_error' : 'error';
}

/** contracts/workspace: rooms of four types. */
export const workspaceDialect = defineDialect({
  name: WORKSPACE_DIALECT,
  description: 'The workspace contract: rooms of four types',
  namespaces: ['/'],
  rest: { prefixes: ['api/chat/rooms'] },
  codes: {
    ROOM_NOT_FOUND: 'CHAT_ROOM_NOT_FOUND',
    ACCESS_DENIED: 'NOT_PARTICIPANT',
    UNKNOWN_USERS: 'INVALID_PARTICIPANTS',
  },
  // Who is a participant already lacks a role or permission.
  codeFor: (error) =>
    error.code === 'ACCESS_DENIED' && !(error instanceof NotParticipantError) ? 'FORBIDDEN' : undefined,
  fields: {
    message: 'content',
    reply_to: 'replyToId',
    reaction: 'emoji',
    participant_ids: 'participantIds',
    max_members: 'maxMembers',
  },
  errorEvents: (failure, event, { kind }) =>
    [errorEventOf(event), ...(kind === 'unauthenticated' ? ['authentication_error'] : [])].map((name) => ({
      event: name,
      payload: { ...failure, event },
    })),
  recognises: [{ order: 50, fits: (_event, payload) => has(payload, 'roomId') }],
});
