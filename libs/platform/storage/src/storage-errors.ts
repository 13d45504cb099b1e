import { commonErrors, DomainError } from '#libs/platform/errors';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a disk or an object store throws, as an error that a client may see. The cause stays for the log. */
export function storageError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return commonErrors.unavailable(
    code !== undefined && FULL.has(code)
      ? 'There is no space left for files; try again later.'
      : 'Files cannot be stored or read right now; try again shortly.',
    error,
  );
}

/** True for errors of the storage itself, which an operator must hear of. */
export const isMissing = (error: unknown): boolean => {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return code === 'ENOENT' || name === 'NoSuchKey' || name === 'NotFound';
};
