import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { isDto } from './compiled-dto.js';
import { untrustedToDto } from './to-dto.js';

/**
 * Nest's validation of DTO classes, compiled: whatever has a class with validators is checked and reduced to what the
 * class declares, on REST as on sockets. Synchronous, since events must not wait for each other's validation.
 * @throws VALIDATION_ERROR
 */
@Injectable()
export class CompiledValidationPipe extends ValidationPipe {
  private readonly known = new Map<unknown, boolean>();

  constructor() {
    super({ transform: true, whitelist: true });
  }

  // Nest awaits what comes back where it needs to; the sockets' dispatch takes it as it is.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type of the base class is a promise
  override transform(value: unknown, { metatype, type }: ArgumentMetadata): any {
    if (type === 'custom' || !this.isDto(metatype)) return value;
    return untrustedToDto(metatype, value);
  }

  private isDto(metatype: unknown): metatype is new () => object {
    let found = this.known.get(metatype);
    if (found === undefined) this.known.set(metatype, (found = isDto(metatype)));
    return found;
  }
}
