const MAX_CAUSES = 3;

export interface DescribedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  /** Constraint, table and place of a database error; never its values. */
  constraint?: string;
  table?: string;
  routine?: string;
  cause?: DescribedError;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * What a log tells of an error. Named fields only: a database error carries the statement's parameters and the failing
 * row, and with them the text of messages.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'Something that is no Error was thrown' };
  const { code, constraint, table, routine, cause, driverError } = error as Error & Record<string, unknown>;
  const inner = cause ?? driverError;
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    code: textOf(code),
    constraint: textOf(constraint),
    table: textOf(table),
    routine: textOf(routine),
    cause: inner instanceof Error && depth < MAX_CAUSES ? describeError(inner, depth + 1) : undefined,
  };
}
