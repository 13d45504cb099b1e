import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { inspectPayload, parse } from '#libs/platform/validation';

/** Checks a payload by the schema of its event. @throws VALIDATION_ERROR */
export class SchemaPipe implements PipeTransform {
  constructor(private readonly schema: z.ZodType) {}

  transform(payload: unknown): unknown {
    inspectPayload(payload);
    return parse(this.schema, payload ?? {});
  }
}
