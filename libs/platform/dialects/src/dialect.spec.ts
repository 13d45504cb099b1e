import { commonErrors, DomainError } from '#libs/platform/errors';
import { defineDialect, dialectOfPath, type DialectDeclaration } from './dialect.js';

const declare = (name: string, declaration: Partial<DialectDeclaration> = {}) =>
  defineDialect({
    name,
    description: `The ${name} of the spec`,
    namespaces: ['/'],
    errorEvents: (failure, event) => [{ event: 'failed', payload: { ...failure, event } }],
    ...declaration,
  });

const noRoom = new DomainError('ROOM_NOT_FOUND', 'not_found', 'This room does not exist.');
const faults = commonErrors.validation([{ field: 'message', message: 'must not be empty' }, { limit: 7 }]);

describe('a dialect', () => {
  const own = declare('own', {
    codes: { ROOM_NOT_FOUND: 'NO_CHAT', ACCESS_DENIED: 'NO_ENTRY' },
    codeFor: ({ message }) => (message === 'Muted.' ? 'MUTED' : undefined),
    fields: { message: 'text' },
  });

  it('has its own code for one of ours, one for a single error, or ours', () => {
    expect(own.codeOf(noRoom)).toBe('NO_CHAT');
    expect(own.codeOf(new DomainError('ACCESS_DENIED', 'forbidden', 'Muted.'))).toBe('MUTED');
    expect(own.codeOf(commonErrors.forbidden())).toBe('FORBIDDEN');
  });

  it('names fields in details as its document does, and leaves other facts alone', () => {
    expect(own.detailsOf(faults)).toEqual([{ field: 'text', message: 'must not be empty' }, { limit: 7 }]);
    expect(faults.details[0]).toEqual({ field: 'message', message: 'must not be empty' });
  });

  it('may have another form of details', () => {
    const terse = declare('terse', { toDetail: (detail) => Object.keys(detail).join('+') });
    expect(terse.detailsOf(faults)).toEqual(['field+message', 'limit']);
  });

  it('tells a refused event in its own words', () => {
    expect(own.errorEvents(noRoom, 'join')).toEqual([
      {
        event: 'failed',
        payload: { message: 'This room does not exist.', code: 'NO_CHAT', details: [], event: 'join' },
      },
    ]);
  });
});

describe('the dialect of a path', () => {
  const outer = declare('outer', { rest: { prefixes: ['api/spec'] } });
  const inner = declare('inner', { rest: { prefixes: ['api/spec/inner', 'api/other'] } });

  it.each([
    ['/api/spec', outer],
    ['/api/spec/rooms/1', outer],
    ['/api/spec/inner', inner],
    ['/API/Spec/Inner/1', inner],
    ['/api/other/', inner],
    ['/api/spec/innermost', outer],
    ['/api/specs', undefined],
    ['/', undefined],
  ])('%s is the one of the longest prefix', (path, dialect) => {
    expect(dialectOfPath(path)?.name).toBe(dialect?.name);
  });
});

describe('declarations that contradict each other', () => {
  declare('taken', { rest: { prefixes: ['api/taken'] }, recognises: [{ order: 901, fits: () => false }] });

  it.each<[what: string, declaration: Partial<DialectDeclaration> & { name: string }, fault: string]>([
    ['a name', { name: 'taken' }, 'two dialects called taken'],
    ['a prefix', { name: 'same-path', rest: { prefixes: ['api/taken'] } }, '/api/taken belongs to taken'],
    [
      'a place in the order',
      { name: 'same-place', recognises: [{ order: 901, fits: () => true }] },
      'same-place and taken recognise events at the same place, 901',
    ],
  ])('are refused for %s', (_what, { name, ...declaration }, fault) => {
    expect(() => declare(name, declaration)).toThrow(fault);
  });
});
