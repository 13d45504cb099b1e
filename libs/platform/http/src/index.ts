export { AccessGuard, type AuthenticatedRequest } from './access-guard.js';
export { Endpoint, ENDPOINT, type EndpointOptions, type PathParameter } from './endpoint.js';
export {
  EnvelopeInterceptor,
  failureSchema,
  raw,
  Reply,
  success,
  type FailureBody,
  type SuccessBody,
} from './envelope.js';
export { UseErrorStyle, type ErrorStyle } from './error-style.js';
export { failureBody, HttpErrorFilter, JSON_BODY_LIMIT } from './error-filter.js';
export { noStore } from './no-store.js';
export { CurrentActor, readBody, Valid } from './params.js';
export { logIdsOf, requestContext } from './request-context.js';
