import { DomainError, toDomainError, type ErrorDetail } from '#libs/platform/errors';
import type { ErrorStyle } from '#libs/platform/http';
import type { SocketDialect } from '#libs/platform/realtime';
import { NotParticipantError } from '#libs/rooms';

export const WORKSPACE_DIALECT = 'workspace';

/** The document's codes for ours; those that it does not have keep their names. */
export const WORKSPACE_CODES: Readonly<Record<string, string>> = {
  ROOM_NOT_FOUND: 'CHAT_ROOM_NOT_FOUND',
  ACCESS_DENIED: 'NOT_PARTICIPANT',
  UNKNOWN_USERS: 'INVALID_PARTICIPANTS',
};

/** Fields of the canonical API that the services name in details, as this document calls them. */
const FIELDS: Readonly<Record<string, string>> = {
  message: 'content',
  reply_to: 'replyToId',
  reaction: 'emoji',
  participant_ids: 'participantIds',
  max_members: 'maxMembers',
};

/** Who is a participant already lacks a role or permission. */
function codeOf(error: DomainError): string {
  if (error.code === 'ACCESS_DENIED' && !(error instanceof NotParticipantError)) return 'FORBIDDEN';
  return WORKSPACE_CODES[error.code] ?? error.code;
}

const detailsOf = ({ details }: DomainError): ErrorDetail[] =>
  details.map((detail) =>
    typeof detail.field === 'string' ? { ...detail, field: FIELDS[detail.field] ?? detail.field } : detail,
  );

export const workspaceErrorStyle: ErrorStyle = { codeOf, detailsOf };

const MESSAGE_EVENTS = new Set(['send_message']);
const ROOM_EVENTS = new Set(['join_room', 'leave_room', 'typing_start', 'typing_stop', 'mark_read']);

function errorEventOf(event: string): string {
  if (MESSAGE_EVENTS.has(event)) return 'message_error';
  return ROOM_EVENTS.has(event) ? 'room_error' : 'error';
}

export const workspaceSocketDialect: SocketDialect = {
  name: WORKSPACE_DIALECT,
  namespaces: ['/'],
  codeOf,
  detailsOf,
  errorEvents: (error, event) => {
    const payload = { message: error.message, code: codeOf(error), details: detailsOf(error), event };
    const names = [
      errorEventOf(event),
      ...(error.kind === 'unauthenticated' ? ['authentication_error'] : []),
    ];
    return names.map((name) => ({ event: name, payload }));
  },
};

const renamed = (code: string, error: DomainError): DomainError =>
  new DomainError(code, error.kind, error.message, {
    details: error.details,
    retryAfter: error.retryAfter,
    cause: error,
  });

/** A join that is refused is JOIN_ROOM_FAILED, for want of a place as of a permission. */
export async function joining<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const refusal = toDomainError(error);
    const refused = refusal.code === 'ROOM_FULL' || refusal.code === 'ACCESS_DENIED';
    throw refused ? renamed('JOIN_ROOM_FAILED', refusal) : error;
  }
}

/** Sending that fails by what has no code of its own: on our side, or for want of the message replied to. */
export async function sending<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const refusal = toDomainError(error);
    const failed = refusal.kind === 'internal' || refusal.details.some(({ field }) => field === 'reply_to');
    throw failed ? renamed('MESSAGE_SEND_FAILED', refusal) : error;
  }
}
