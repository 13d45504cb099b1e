import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { AppConfigShape } from '#libs/platform/config';

/** The project's root is the folder of package.json, from the sources and from dist alike. */
function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface ExpressLike {
  router: { stack: { route?: { path: unknown } }[] };
  get(path: string, handler: (request: Request, response: Response) => void): void;
}

/** The page for people at `/`: static files, no build step, no network besides this server. */
export function serveLanding(app: NestExpressApplication, config: AppConfigShape): void {
  const pages = join(projectRoot(), 'apps', 'api', 'public');
  app.use(['/', '/index.html', '/assets'], (request: Request, response: Response, next: NextFunction) => {
    if (request.baseUrl !== '' || request.path === '/') {
      response.setHeader('Content-Security-Policy', PAGE_POLICY);
      // The files are the same for everybody: they may be kept, and asked for whether they have changed.
      response.removeHeader('Cache-Control');
    }
    next();
  });
  const express = app.getHttpAdapter().getInstance() as ExpressLike;
  const serves = (path: string): boolean => express.router.stack.some(({ route }) => route?.path === path);
  express.get('/assets/environment.json', (_request, response) => {
    // Asked when the page is: routes of modules are there only after the start.
    response.json({ development: !config.production, events: serves('/asyncapi.json') });
  });
  app.useStaticAssets(pages, { index: 'index.html', maxAge: 0 });
}
