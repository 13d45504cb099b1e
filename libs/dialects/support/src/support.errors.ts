import type { DomainError, ErrorDetail } from '#libs/platform/errors';
import { failureSchema, type EndpointOptions, type ErrorStyle } from '#libs/platform/http';
import type { SocketDialect } from '#libs/platform/realtime';

export const SUPPORT_DIALECT = 'support';

/** Rooms are sessions here; what has no name of its own keeps ours. */
const CODES: Readonly<Record<string, string>> = {
  ROOM_NOT_FOUND: 'SESSION_NOT_FOUND',
  ROOM_INACTIVE: 'SESSION_INACTIVE',
  ACCESS_DENIED: 'FORBIDDEN',
  INVALID_PARTICIPANTS: 'VALIDATION_ERROR',
  UNKNOWN_USERS: 'VALIDATION_ERROR',
};
/** Our names of fields where this document has others. */
const FIELDS: Readonly<Record<string, string>> = { message: 'content', attachments: 'attachment_ids' };
const ASSIGNEE = 'assignee_id';

const codeOf = ({ code }: DomainError): string => CODES[code] ?? code;

function toDetail({ [ASSIGNEE]: assignee, field, ...rest }: ErrorDetail): ErrorDetail {
  return {
    // The field of a form that held a file is called the same here.
    ...(field === undefined ? {} : { field: 'filename' in rest ? field : (FIELDS[String(field)] ?? field) }),
    ...(assignee === undefined ? {} : { agent_id: String(assignee) }),
    ...rest,
  };
}

const detailsOf = ({ details }: DomainError): ErrorDetail[] => details.map(toDetail);

export const supportErrorStyle: ErrorStyle = { codeOf, detailsOf };

/** For `@Endpoint`: its document shows the codes of this dialect. */
export const FAILURES: NonNullable<EndpointOptions['failures']> = { codes: CODES, schema: failureSchema };

export const supportSocketDialect: SocketDialect = {
  name: SUPPORT_DIALECT,
  namespaces: ['/'],
  codeOf,
  detailsOf,
  errorEvents: (error, event) => [
    {
      event: 'error',
      payload: { message: error.message, code: codeOf(error), details: detailsOf(error), event },
    },
  ],
};

/** For the documentation of routes that take a session. */
export const SESSION_ERRORS = { not_found: ['ROOM_NOT_FOUND'], forbidden: ['ACCESS_DENIED'] };
