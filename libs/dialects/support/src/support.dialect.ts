import { defineDialect, has } from '#libs/platform/dialects';
import type { ErrorDetail } from '#libs/platform/errors';

export const SUPPORT_DIALECT = 'support';

/** Our names of fields where this document has others. */
const FIELDS: Readonly<Record<string, string>> = { message: 'content', attachments: 'attachment_ids' };
const ASSIGNEE = 'assignee_id';

function toDetail({ [ASSIGNEE]: assignee, field, ...rest }: ErrorDetail): ErrorDetail {
  return {
    // The field of a form that held a file is called the same here.
    ...(field === undefined ? {} : { field: 'filename' in rest ? field : (FIELDS[String(field)] ?? field) }),
    ...(assignee === undefined ? {} : { agent_id: String(assignee) }),
    ...rest,
  };
}

/** contracts/support: rooms are sessions; what has no name of its own keeps ours. */
export const supportDialect = defineDialect({
  name: SUPPORT_DIALECT,
  description: 'The support contract: sessions with a queue',
  namespaces: ['/'],
  rest: { prefixes: ['api/v1/chat/sessions'] },
  codes: {
    ROOM_NOT_FOUND: 'SESSION_NOT_FOUND',
    ROOM_INACTIVE: 'SESSION_INACTIVE',
    ACCESS_DENIED: 'FORBIDDEN',
    INVALID_PARTICIPANTS: 'VALIDATION_ERROR',
    UNKNOWN_USERS: 'VALIDATION_ERROR',
  },
  toDetail,
  errorEvents: (failure, event) => [{ event: 'error', payload: { ...failure, event } }],
  recognises: [{ order: 40, fits: (_event, payload) => has(payload, 'session_id') }],
});
