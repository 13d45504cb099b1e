import { commonErrors, type DomainError } from '#libs/platform/errors';

/** One sentence for whatever is wrong with a token: who forges one learns nothing. That it has expired may be told. */
export const invalidToken = (expired = false): DomainError =>
  commonErrors.unauthorized(expired ? 'The token has expired.' : 'The token is not valid.');
