import { DomainError, type ErrorDetail } from '#libs/platform/errors';
import type { ErrorStyle } from '#libs/platform/http';
import type { SocketDialect } from '#libs/platform/realtime';

export const MARKETPLACE_DIALECT = 'marketplace';

/** The document has no codes: these are the common ones, and its own word for a room. */
const CODES: Readonly<Record<string, string>> = {
  ROOM_NOT_FOUND: 'NOT_FOUND',
  ACCESS_DENIED: 'FORBIDDEN',
  ROOM_INACTIVE: 'CONVERSATION_INACTIVE',
  INVALID_PARTICIPANTS: 'VALIDATION_ERROR',
  UNKNOWN_USERS: 'VALIDATION_ERROR',
};

/** Fields of the canonical API that the services name in details, as this document calls them. */
const FIELDS: Readonly<Record<string, string>> = {
  message: 'content',
  message_type: 'messageType',
  reply_to: 'replyToId',
  participant_ids: 'providerId',
  provider_id: 'providerId',
  customer_id: 'customerId',
  user_id: 'userId',
};

const codeOf = ({ code }: DomainError): string => CODES[code] ?? code;

const detailsOf = ({ details }: DomainError): ErrorDetail[] =>
  details.map((detail) =>
    typeof detail.field === 'string' ? { ...detail, field: FIELDS[detail.field] ?? detail.field } : detail,
  );

export const marketplaceErrorStyle: ErrorStyle = { codeOf, detailsOf };

export const marketplaceSocketDialect: SocketDialect = {
  name: MARKETPLACE_DIALECT,
  namespaces: ['/'],
  codeOf,
  detailsOf,
  errorEvents: (error, event) => [
    {
      event: 'chat-error',
      payload: { message: error.message, code: codeOf(error), details: detailsOf(error), event },
    },
  ],
};

export const marketplaceErrors = {
  tooManyConnections: (limit: number) =>
    new DomainError(
      'RATE_LIMITED',
      'rate_limited',
      `You have ${limit} chat connections already; close one of them first.`,
      { details: [{ max_connections: limit }] },
    ),
} as const;
