import type { AccessRule } from '#libs/platform/auth';
import { errorSamples, type DomainError } from '#libs/platform/errors';
import type { Dialect } from './dialect.js';

/** A route or a socket event, as far as its refusals follow from it. */
export interface DocumentedOperation {
  transport: 'rest' | 'socket';
  access: AccessRule | undefined;
  /** What is checked before it runs. */
  takes?: 'body' | 'query' | 'payload';
  /** Our codes of its own, besides those that follow from the above. */
  errors?: readonly string[];
  /** Absent where our own codes are told. */
  dialect?: Dialect;
  /** Whose sentences are shown where several features share a code. */
  feature?: string;
}

export interface DocumentedFailure {
  /** As the dialect tells it. */
  code: string;
  /** What is told, by an example. */
  error: DomainError;
}

const BY_INPUT: Record<NonNullable<DocumentedOperation['takes']>, readonly string[]> = {
  body: ['VALIDATION_ERROR', 'REQUEST_TIMEOUT', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  // What is asked for may take too long to find.
  query: ['VALIDATION_ERROR', 'QUERY_TOO_SLOW'],
  payload: ['VALIDATION_ERROR'],
};

/** Codes that follow from who may call, from the rate that everybody is held to, and from faults of our own. */
function accessCodes({ transport, access }: DocumentedOperation): string[] {
  if (transport === 'rest')
    return [
      ...(access === 'public' ? [] : ['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE']),
      'INTERNAL',
    ];
  return [
    ...(access === 'public' ? [] : ['UNAUTHORIZED']),
    ...(access === 'public' || access === 'authenticated' ? [] : ['FORBIDDEN']),
    'RATE_LIMITED',
    'SERVICE_UNAVAILABLE',
    'INTERNAL',
  ];
}

/**
 * All refusals of a route or an event: its own, then those that follow from its input and its access rule; each code
 * of the dialect once for each kind.
 * @throws where a code is named that no errors file declares
 */
export function documentedFailures(operation: DocumentedOperation): DocumentedFailure[] {
  const { errors = [], takes, dialect, feature } = operation;
  const codes = [...errors, ...(takes ? BY_INPUT[takes] : []), ...accessCodes(operation)];
  const failures = new Map<string, DocumentedFailure>();
  for (const error of codes.flatMap((code) => errorSamples(code, feature))) {
    const code = dialect?.codeOf(error) ?? error.code;
    const key = `${error.kind} ${code}`;
    if (!failures.has(key)) failures.set(key, { code, error });
  }
  return [...failures.values()];
}
