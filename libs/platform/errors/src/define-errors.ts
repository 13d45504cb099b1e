import type { DomainError, ErrorKind } from './domain-error.js';

type Factories = Readonly<Record<string, (...args: never[]) => DomainError>>;

/** The feature of errors that every part of the chat may answer: their sentence counts before any other. */
export const SHARED_ERRORS = 'shared';

interface Sample {
  feature: string;
  error: DomainError;
}

const samplesByCode = new Map<string, Sample[]>();

/**
 * Declares the errors of one feature, as factories. The documents show each code with the sentence and the details
 * that clients really get: factories without arguments speak for themselves, the others by `examples`.
 * @param feature as the tag of its routes, so that these show its own sentence where several features share a code
 */
export function defineErrors<const F extends Factories>(
  feature: string,
  factories: F,
  examples: (errors: F) => DomainError[] = () => [],
): F {
  const plain = Object.values(factories).filter(({ length }) => length === 0);
  const errors = [...examples(factories), ...plain.map((factory) => (factory as () => DomainError)())];
  for (const error of errors)
    samplesByCode.set(error.code, [...(samplesByCode.get(error.code) ?? []), { feature, error }]);
  return factories;
}

/**
 * What a code looks like when it is told, one error for each kind that it occurs with.
 * @throws where no errors file declares the code: what names it would promise what nobody answers
 */
export function errorSamples(code: string, feature?: string): DomainError[] {
  const known = samplesByCode.get(code);
  if (!known) throw new Error(`${code} is documented, but no x.errors.ts declares it (defineErrors)`);
  const rank = (sample: Sample): number =>
    sample.feature === SHARED_ERRORS ? 0 : sample.feature === feature ? 1 : 2;
  const byKind = new Map<ErrorKind, DomainError>();
  for (const { error } of known.toSorted((a, b) => rank(a) - rank(b)))
    if (!byKind.has(error.kind)) byKind.set(error.kind, error);
  return [...byKind.values()];
}
