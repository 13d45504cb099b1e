import { commonErrors } from './common-errors.js';
import { HTTP_STATUS_BY_KIND } from './http-status.js';
import { toDomainError } from './to-domain-error.js';

const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('toDomainError', () => {
  it('leaves what is one already', () => {
    const error = commonErrors.notFound('The room');
    expect(toDomainError(error)).toBe(error);
  });

  it.each([
    withCode('ECONNREFUSED'),
    withCode('ECONNRESET'),
    withCode('ETIMEDOUT'),
    withCode('57P01', 'terminating connection due to administrator command'),
    withCode('57P03', 'the database system is starting up'),
    withCode('57014', 'canceling statement due to statement timeout'),
    withCode('53300', 'too many connections'),
    withCode('08006'),
    withCode('25006', 'cannot execute INSERT in a read-only transaction'),
    new Error('Query read timeout'),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    Object.assign(new Error('QueryFailedError'), { driverError: withCode('57P01') }),
    new Error('wrapped', { cause: withCode('ECONNREFUSED') }),
  ])('a database that is away is retryable: %s', (error) =>
    expect(toDomainError(error)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      kind: 'unavailable',
      retryAfter: 2,
    }),
  );

  it.each([withCode('22021'), withCode('22P02'), withCode('22003'), withCode('22001')])(
    "a value that cannot be stored is the client's: %s",
    (error) => expect(toDomainError(error)).toMatchObject({ code: 'VALIDATION_ERROR', kind: 'validation' }),
  );

  it.each([withCode('40P01'), withCode('40001')])('a conflict of transactions is retryable: %s', (error) =>
    expect(toDomainError(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', kind: 'unavailable' }),
  );

  it('what refers to something that was deleted meanwhile is not found', () =>
    expect(toDomainError(withCode('23503'))).toMatchObject({ code: 'NOT_FOUND', kind: 'not_found' }));

  it.each([new Error('secret detail'), withCode('42P01'), 'text', null, undefined, 7])(
    'anything else is internal and tells nothing: %s',
    (error) => {
      const shown = toDomainError(error);
      expect(shown).toMatchObject({ code: 'INTERNAL', kind: 'internal', details: [] });
      expect(shown.message).not.toContain('secret');
    },
  );

  it('has a status for each kind', () =>
    expect(HTTP_STATUS_BY_KIND).toEqual({
      validation: 400,
      unauthenticated: 401,
      forbidden: 403,
      not_found: 404,
      conflict: 409,
      timeout: 408,
      too_large: 413,
      unsupported: 415,
      rate_limited: 429,
      unavailable: 503,
      internal: 500,
    }));
});
