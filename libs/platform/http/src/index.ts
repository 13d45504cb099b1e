export { BodyGuard } from './body/body.guard.js';
export { liftBodyDeadline } from './body/body-deadline.js';
export { ChatHttpAdapter } from './body/chat-http-adapter.js';
export { discardRest } from './body/discard-rest.js';
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
export { failureBody, HttpErrorFilter } from './error-filter.js';
export { noStore } from './no-store.js';
export { readBody, Valid } from './params.js';
export { logIdsOf, requestContext } from './request-context.js';
export { CountedByAddress, strangerRule, TokenGuard, type AuthenticatedRequest } from './token.guard.js';
