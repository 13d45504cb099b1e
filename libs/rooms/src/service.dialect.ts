import { defineDialect, has } from '#libs/platform/dialects';
import type { DomainError } from '#libs/platform/errors';

export const SERVICE_DIALECT = 'service';

/** Details of an error as one object, as the service document shows them in `message_error`. */
function detailsObject({ kind, details }: DomainError): Record<string, unknown> {
  const [first] = details;
  if (kind === 'validation' && first && 'field' in first) return { fields: details };
  return Object.assign({}, ...details) as Record<string, unknown>;
}

/** contracts/service: the canonical API, spoken by the controllers and gateways of the features themselves. */
export const serviceDialect = defineDialect({
  name: SERVICE_DIALECT,
  description: 'The service contract: the canonical API',
  namespaces: ['/chat', '/'],
  rest: { prefixes: ['api/v1/chat'] },
  errorEvents: ({ message, code }, event, error) => [
    { event: 'message_error', payload: { error_code: code, message, details: detailsObject(error), event } },
  ],
  // The more general name of a room counts before any other.
  recognises: [{ order: 20, fits: (_event, payload) => has(payload, 'room_id') }],
});
