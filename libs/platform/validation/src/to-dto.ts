import { commonErrors, type ErrorDetail } from '#libs/platform/errors';
import { compiledDto } from './compiled-dto.js';
import { inspectPayload } from './inspect-payload.js';

/**
 * Validates and returns what the class declares; unknown fields are dropped. Nothing (undefined) is an empty object.
 * @throws VALIDATION_ERROR with a detail for each fault: `{field: "metadata.priority", message: "…"}`
 */
export function toDto<T extends object>(type: new () => T, value: unknown): T {
  const faults: ErrorDetail[] = [];
  const dto = compiledDto(type).read(value === undefined ? {} : value, faults);
  if (dto !== undefined) return dto;
  const { field, message } = faults[0] as { field: string; message: string };
  throw commonErrors.validation(faults, `The request is not valid: ${field}: ${message}.`);
}

/** As `toDto`, for what nobody has looked at: first of all NUL, `__proto__`, depth and size are judged. */
export function untrustedToDto<T extends object>(type: new () => T, value: unknown): T {
  inspectPayload(value);
  return toDto(type, value);
}
