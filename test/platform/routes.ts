import type { Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ACCESS_RULE, type AccessRule } from '#libs/platform/auth';
import { ENDPOINT, type EndpointOptions } from '#libs/platform/http';

export interface RestRoute {
  method: string;
  /** As declared, with a leading slash: /api/v1/chat/rooms/:room_id */
  path: string;
  handler: string;
  access: AccessRule | undefined;
  options: EndpointOptions | undefined;
}

const list = (value: string | string[] | undefined): string[] => [value ?? ''].flat();
const join = (prefix: string, path: string): string =>
  `/${[prefix, path].join('/').split('/').filter(Boolean).join('/')}`;

/** Every route that a controller of the started application declares. */
export function restRoutes(app: NestExpressApplication): RestRoute[] {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ metatype }) => routesOf(metatype as Type, scanner));
}

function routesOf(controller: Type, scanner: MetadataScanner): RestRoute[] {
  const prefixes = list(Reflect.getMetadata(PATH_METADATA, controller) as string | string[] | undefined);
  const prototype = controller.prototype as Record<string, object>;
  return scanner.getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name] as object;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const paths = list(Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined);
    return prefixes.flatMap((prefix) =>
      paths.map((path) => ({
        method: RequestMethod[method] as string,
        path: join(prefix, path),
        handler: `${controller.name}.${name}`,
        access: (Reflect.getMetadata(ACCESS_RULE, handler) ??
          Reflect.getMetadata(ACCESS_RULE, controller)) as AccessRule | undefined,
        options: Reflect.getMetadata(ENDPOINT, handler) as EndpointOptions | undefined,
      })),
    );
  });
}

interface ExpressLayer {
  route?: { path: string | string[]; methods: Record<string, boolean> };
}

/** Every route that Express knows, whoever registered it: `GET /path`. */
export function expressRoutes(app: NestExpressApplication): string[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as { router: { stack: ExpressLayer[] } };
  return router.stack.flatMap(({ route }) =>
    route
      ? list(route.path).flatMap((path) =>
          Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${path}`),
        )
      : [],
  );
}

/** The path with something in the place of each parameter. */
export const fillPath = (path: string, fill: (name: string) => string): string =>
  path.replace(/:(\w+)/g, (_match, name: string) => fill(name));
