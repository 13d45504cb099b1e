import { SetMetadata } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import type { DomainError } from '#libs/platform/errors';

export const ERROR_STYLE = 'switchboard:error-style';

/** How a dialect's REST failures differ: its own codes for ours, and its form of details. */
export interface ErrorStyle {
  codeOf(error: DomainError): string;
  detailsOf?(error: DomainError): unknown[];
}

const styleOfPrefix = new Map<string, ErrorStyle>();

/** On a controller, above `@Controller`: its failures are told in this style. */
export const UseErrorStyle =
  (style: ErrorStyle): ClassDecorator =>
  (controller) => {
    SetMetadata(ERROR_STYLE, style)(controller);
    const prefixes = [Reflect.getMetadata(PATH_METADATA, controller) as string | string[] | undefined].flat();
    for (const prefix of prefixes) if (prefix) styleOfPrefix.set(`/${prefix}`, style);
  };

/** For failures before a route was found: malformed bodies, unknown routes below a controller's path. */
export function styleOfPath(path: string): ErrorStyle | undefined {
  for (const [prefix, style] of styleOfPrefix)
    if (path === prefix || path.startsWith(`${prefix}/`)) return style;
  return undefined;
}
