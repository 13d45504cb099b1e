import type { DomainError } from '#libs/platform/errors';
import type { SocketDialect } from '#libs/platform/realtime';

/** The canonical API's own dialect: contracts/service of the five. */
export const SERVICE_DIALECT = 'service';

/** Details of an error as one object, as the service document shows them in `message_error`. */
function detailsObject(error: DomainError): Record<string, unknown> {
  const [first] = error.details;
  if (error.kind === 'validation' && first && 'field' in first) return { fields: error.details };
  return Object.assign({}, ...error.details) as Record<string, unknown>;
}

export const serviceSocketDialect: SocketDialect = {
  name: SERVICE_DIALECT,
  namespaces: ['/chat', '/'],
  errorEvents: (error, event) => [
    {
      event: 'message_error',
      payload: { error_code: error.code, message: error.message, details: detailsObject(error), event },
    },
  ],
};
