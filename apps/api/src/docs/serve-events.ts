import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import type { AppConfigShape } from '#libs/platform/config';
import { RealtimeServer, SocketRouter } from '#libs/platform/realtime';
import { buildAsyncApi } from './asyncapi.js';
import { renderEventsPage } from './events-page.js';
import { socketCatalogue, type SocketContract } from './socket-catalogue.js';

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface ExpressLike {
  get(path: string, handler: (request: Request, response: Response) => void): void;
}

/** AsyncAPI at /asyncapi.json, and the same as a page at /docs/events, whose files come with the server. */
export function serveEvents(app: NestExpressApplication, config: AppConfigShape): void {
  const express = app.getHttpAdapter().getInstance() as ExpressLike;
  // The gateways are known when the server has started, so both are made when they are first asked for.
  let known: SocketContract[] | undefined;
  const catalogue = (): SocketContract[] =>
    (known ??= socketCatalogue(app.get(SocketRouter), app.get(RealtimeServer)));
  let document: object | undefined;
  let page: string | undefined;
  express.get('/asyncapi.json', (_request, response) => {
    response.json((document ??= buildAsyncApi(catalogue(), hostOf(config))));
  });
  express.get('/docs/events', (_request, response) => {
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    response.type('html').send((page ??= renderEventsPage(catalogue())));
  });
}

const hostOf = ({ files, http }: AppConfigShape): string =>
  files.publicUrl === undefined ? `localhost:${http.port}` : new URL(files.publicUrl).host;
