import type { z } from 'zod';
import { commonErrors, type ErrorDetail } from '#libs/platform/errors';

/** One detail for each fault: `{field: "metadata.priority", message: "…"}`. */
export function detailsOf(error: z.ZodError): ErrorDetail[] {
  return error.issues.slice(0, 20).map((issue) => ({
    field: issue.path.map(String).join('.') || '(payload)',
    message: issue.message,
  }));
}

/**
 * Validates and returns what the schema describes; unknown fields are dropped.
 * @throws VALIDATION_ERROR with a detail for each fault.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const details = detailsOf(result.error);
  const first = details[0] as { field: string; message: string };
  throw commonErrors.validation(details, `The request is not valid: ${first.field}: ${first.message}.`);
}
