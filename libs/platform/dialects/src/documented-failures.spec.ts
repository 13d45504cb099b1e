import { defineErrors, DomainError } from '#libs/platform/errors';
import { defineDialect } from './dialect.js';
import { documentedFailures, type DocumentedOperation } from './documented-failures.js';

// Of libraries above this one.
defineErrors('spec', {
  mediaType: () => new DomainError('UNSUPPORTED_MEDIA_TYPE', 'unsupported', 'Send JSON.'),
  noRoom: () => new DomainError('ROOM_NOT_FOUND', 'not_found', 'No room.'),
  denied: () => new DomainError('ACCESS_DENIED', 'forbidden', 'Not yours.'),
});

const codes = (operation: DocumentedOperation): string[] =>
  documentedFailures(operation).map(({ code }) => code);

describe('documented failures', () => {
  it.each<[what: string, operation: DocumentedOperation, codes: string[]]>([
    ['an open route', { transport: 'rest', access: 'public' }, []],
    [
      'a route',
      { transport: 'rest', access: 'authenticated' },
      ['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE'],
    ],
    [
      'an open route with a body',
      { transport: 'rest', access: 'public', takes: 'body' },
      ['VALIDATION_ERROR', 'REQUEST_TIMEOUT', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
    ],
    [
      'an open route with a query',
      { transport: 'rest', access: 'public', takes: 'query' },
      ['VALIDATION_ERROR', 'QUERY_TOO_SLOW'],
    ],
    ['an open event', { transport: 'socket', access: 'public' }, ['RATE_LIMITED', 'SERVICE_UNAVAILABLE']],
    [
      'an event with a payload',
      { transport: 'socket', access: 'authenticated', takes: 'payload' },
      ['VALIDATION_ERROR', 'UNAUTHORIZED', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE'],
    ],
    [
      'an event for some, or without a rule',
      { transport: 'socket', access: undefined },
      ['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE'],
    ],
  ])('follow from access and input: of %s', (_what, operation, expected) => {
    // And faults of our own, of whatever it is.
    expect(codes(operation)).toEqual([...expected, 'INTERNAL']);
  });

  it('are told in the codes of the dialect, its own first and each once', () => {
    const dialect = defineDialect({
      name: 'failing',
      description: 'Of the spec',
      namespaces: ['/'],
      codes: { ROOM_NOT_FOUND: 'NO_CHAT', ACCESS_DENIED: 'FORBIDDEN' },
      errorEvents: () => [],
    });
    const errors = ['ROOM_NOT_FOUND', 'ACCESS_DENIED'];
    const failures = documentedFailures({ transport: 'rest', access: 'authenticated', errors, dialect });
    expect(failures.map(({ code, error }) => [code, error.message]).slice(0, 3)).toEqual([
      ['NO_CHAT', 'No room.'],
      ['FORBIDDEN', 'Not yours.'],
      ['UNAUTHORIZED', 'A valid bearer token is required.'],
    ]);
    expect(failures).toHaveLength(6);
  });

  it('cannot be told of a code that no errors file declares', () => {
    const typo = { transport: 'rest', access: 'public', errors: ['ROOM_NOT_FUOND'] } as const;
    expect(() => documentedFailures(typo)).toThrow('ROOM_NOT_FUOND is documented');
  });
});
