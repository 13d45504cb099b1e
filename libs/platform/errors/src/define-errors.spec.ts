import { commonErrors } from './common-errors.js';
import { defineErrors, errorSamples } from './define-errors.js';
import { DomainError } from './domain-error.js';

defineErrors(
  'first',
  {
    plain: () => new DomainError('SPEC_PLAIN', 'conflict', 'Said without arguments.'),
    counted: (count: number) => new DomainError('SPEC_COUNTED', 'too_large', `There are ${count}.`),
    missing: () => new DomainError('SPEC_SHARED_NAME', 'not_found', 'The first does not exist.'),
    noDoor: () => commonErrors.forbidden('There is no door.'),
  },
  ({ counted }) => [counted(7)],
);
defineErrors('second', {
  missing: () => new DomainError('SPEC_SHARED_NAME', 'not_found', 'The second does not exist.'),
  taken: () => new DomainError('SPEC_PLAIN', 'validation', 'The same code of another kind.'),
});

const told = (code: string, feature?: string): string[] =>
  errorSamples(code, feature).map(({ message }) => message);

describe('samples of errors', () => {
  it('are what the factories say, by themselves or with the arguments of an example', () => {
    expect(told('SPEC_COUNTED')).toEqual(['There are 7.']);
    expect(told('SPEC_PLAIN')).toContain('Said without arguments.');
  });

  it('are one for each kind that a code occurs with', () => {
    expect(errorSamples('SPEC_PLAIN').map(({ kind }) => kind)).toEqual(['conflict', 'validation']);
  });

  it("are the feature's own where several share a code, else of the one that declared it first", () => {
    expect(told('SPEC_SHARED_NAME', 'second')).toEqual(['The second does not exist.']);
    expect(told('SPEC_SHARED_NAME', 'third')).toEqual(['The first does not exist.']);
  });

  it('are the shared sentence of a shared code, whatever a feature says with it', () => {
    expect(told('FORBIDDEN', 'first')).toEqual(['You are not allowed to do this.']);
  });

  it('do not exist of a code that nobody declares', () => {
    expect(() => errorSamples('SPEC_UNKNOWN')).toThrow('SPEC_UNKNOWN is documented');
  });
});
