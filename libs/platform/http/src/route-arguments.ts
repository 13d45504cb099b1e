import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { isDto } from '#libs/platform/validation';

const KINDS = { body: RouteParamtypes.BODY, query: RouteParamtypes.QUERY } as const;

/**
 * The DTO class of a handler's whole `@Body()` or `@Query()`, from what TypeScript tells of its parameters.
 * @throws where it is no such class: what is not checked reaches no handler
 */
export function argumentClass(
  prototype: object,
  name: string | symbol,
  kind: keyof typeof KINDS,
): Type | undefined {
  const declared = Reflect.getMetadata(ROUTE_ARGS_METADATA, prototype.constructor, name) as
    Record<string, { index: number; data?: unknown }> | undefined;
  const types = Reflect.getMetadata('design:paramtypes', prototype, name) as unknown[] | undefined;
  // TypeORM's command line reads entities by a compiler that leaves no types; no server starts that way (EventHandlers).
  if (!types) return undefined;
  for (const [key, { index, data }] of Object.entries(declared ?? {}))
    if (key.startsWith(`${KINDS[kind]}:`) && data === undefined) {
      const type = types[index];
      if (isDto(type)) return type;
      const handler = `${prototype.constructor.name}.${String(name)}`;
      throw new Error(`${handler}: nothing checks its ${kind}; give it a DTO class, imported as a value`);
    }
  return undefined;
}
