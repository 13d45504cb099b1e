import { commonErrors, defineErrors, DomainError } from '#libs/platform/errors';

export const directoryErrors = defineErrors(
  'directory',
  {
    userNotFound: () => commonErrors.notFound('This user'),
    contextNotFound: () => commonErrors.notFound('This context'),
    foreignContext: (type: string) => commonErrors.forbidden(`This ${type} is not yours.`),
    /** With DIRECTORY_STRICT=true. */
    unknownUsers: (ids: string[]) =>
      new DomainError(
        'UNKNOWN_USERS',
        'validation',
        'The directory does not know these users; PUT them first.',
        {
          details: ids.map((id) => ({ user_id: id })),
        },
      ),
  },
  (errors) => [errors.unknownUsers(['456'])],
);
