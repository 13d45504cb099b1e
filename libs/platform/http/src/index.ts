export { AccessGuard, CountedByAddress, strangerRule, type AuthenticatedRequest } from './access-guard.js';
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
export { ChatController, chatControllerOf } from './chat-controller.js';
export { describeFailures, taggedDialects } from './document/failures.js';
export { failureBody, HttpErrorFilter } from './error-filter.js';
export { noStore } from './no-store.js';
export { readBody, Valid } from './params.js';
export { logIdsOf, requestContext } from './request-context.js';
