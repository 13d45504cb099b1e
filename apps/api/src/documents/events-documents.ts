import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AppConfigShape } from '#libs/platform/config';
import { RealtimeServer, SocketEvents } from '#libs/platform/realtime';
import { buildAsyncApi } from '../docs/asyncapi.js';
import { renderEventsPage } from '../docs/events-page.js';
import { socketCatalogue, type SocketContract } from '../docs/socket-catalogue.js';
import { KeptDocument } from './kept-document.js';
import type { Documents } from './serve-documents.js';

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** AsyncAPI at /asyncapi.json, and the same as a page at /docs/events, whose files come with the server. */
export function eventsDocuments(app: NestExpressApplication, config: AppConfigShape): Documents {
  // The gateways are known when the server has started, so both are made when they are first asked for.
  const catalogue = (): SocketContract[] => socketCatalogue(app.get(SocketEvents), app.get(RealtimeServer));
  return {
    '/asyncapi.json': new KeptDocument({
      type: 'application/json; charset=utf-8',
      render: () => JSON.stringify(buildAsyncApi(catalogue(), hostOf(config))),
    }),
    '/docs/events': new KeptDocument({
      type: 'text/html; charset=utf-8',
      headers: { 'Content-Security-Policy': PAGE_POLICY },
      render: () => renderEventsPage(catalogue()),
    }),
  };
}

const hostOf = ({ files, http }: AppConfigShape): string =>
  files.publicUrl === undefined ? `localhost:${http.port}` : new URL(files.publicUrl).host;
