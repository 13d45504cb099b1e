import { commonErrors, defineErrors, DomainError, toDomainError } from '#libs/platform/errors';
import { messageErrors } from '#libs/messages';
import { roomErrors } from '#libs/rooms';

const renamed = (code: string, error: DomainError): DomainError =>
  new DomainError(code, error.kind, error.message, {
    details: error.details,
    retryAfter: error.retryAfter,
    cause: error,
  });

/** Codes that this document gives to whole operations, whatever made them fail. */
export const workspaceErrors = defineErrors(
  'workspace',
  {
    joinRefused: (refusal: DomainError) => renamed('JOIN_ROOM_FAILED', refusal),
    notSent: (refusal: DomainError) => renamed('MESSAGE_SEND_FAILED', refusal),
  },
  ({ joinRefused, notSent }) => [
    joinRefused(roomErrors.accessDenied()),
    joinRefused(roomErrors.full(50)),
    notSent(messageErrors.unknownReply()),
    notSent(commonErrors.internal()),
  ],
);

/** A join that is refused is JOIN_ROOM_FAILED, for want of a place as of a permission. */
export async function joining<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const refusal = toDomainError(error);
    const refused = refusal.code === 'ROOM_FULL' || refusal.code === 'ACCESS_DENIED';
    throw refused ? workspaceErrors.joinRefused(refusal) : error;
  }
}

/** Sending that fails by what has no code of its own: on our side, or for want of the message replied to. */
export async function sending<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const refusal = toDomainError(error);
    const failed = refusal.kind === 'internal' || refusal.details.some(({ field }) => field === 'reply_to');
    throw failed ? workspaceErrors.notSent(refusal) : error;
  }
}
