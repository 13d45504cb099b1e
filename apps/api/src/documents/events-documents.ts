import type { AppConfigShape } from '#libs/platform/config';
import { buildAsyncApi } from '../docs/asyncapi.js';
import type { ApplicationDescription } from '../docs/describe-application.js';
import { renderEventsPage } from '../docs/events-page.js';
import { KeptDocument } from './kept-document.js';
import type { Documents } from './serve-documents.js';

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** AsyncAPI at /asyncapi.json, and the same as a page at /docs/events, whose files come with the server. */
export function eventsDocuments(describe: () => ApplicationDescription, config: AppConfigShape): Documents {
  return {
    '/asyncapi.json': new KeptDocument({
      type: 'application/json; charset=utf-8',
      render: () => {
        const { events, schemas } = describe();
        return JSON.stringify(buildAsyncApi(events, schemas, hostOf(config)));
      },
    }),
    '/docs/events': new KeptDocument({
      type: 'text/html; charset=utf-8',
      headers: { 'Content-Security-Policy': PAGE_POLICY },
      render: () => {
        const { events, schemas } = describe();
        return renderEventsPage(events, schemas);
      },
    }),
  };
}

const hostOf = ({ files, http }: AppConfigShape): string =>
  files.publicUrl === undefined ? `localhost:${http.port}` : new URL(files.publicUrl).host;
