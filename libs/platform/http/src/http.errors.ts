import { defineErrors, DomainError } from '#libs/platform/errors';

/** Refusals of requests that no handler has seen. */
export const httpErrors = defineErrors('http', {
  unsupportedMediaType: () =>
    new DomainError(
      'UNSUPPORTED_MEDIA_TYPE',
      'unsupported',
      'The content type is not supported; send application/json.',
    ),
  methodNotAllowed: () =>
    new DomainError('METHOD_NOT_ALLOWED', 'validation', 'This method is not allowed here; see /docs.'),
});
