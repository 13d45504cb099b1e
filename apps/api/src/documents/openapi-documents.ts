import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ApplicationDescription } from '../docs/describe-application.js';
import { KeptDocument } from './kept-document.js';
import { fileDocument } from './landing-documents.js';
import type { Documents } from './serve-documents.js';

// Swagger UI sets styles on elements.
const UI_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-16x16.png', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Switchboard API</title>
    <link rel="icon" href="/docs/favicon-32x32.png" type="image/png" sizes="32x32" />
    <link rel="icon" href="/docs/favicon-16x16.png" type="image/png" sizes="16x16" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
});
`;

/** Swagger UI at /docs and /api/docs (its files come with the server), the document at /openapi.json. */
export function openApiDocuments(describe: () => ApplicationDescription): Documents {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const headers = { 'Content-Security-Policy': UI_POLICY };
  const page = new KeptDocument({ type: 'text/html; charset=utf-8', headers, render: () => PAGE });
  return {
    '/openapi.json': new KeptDocument({
      type: 'application/json; charset=utf-8',
      render: () => JSON.stringify(describe().openApi),
    }),
    '/docs': page,
    '/api/docs': page,
    '/docs/start.js': new KeptDocument({
      type: 'text/javascript; charset=utf-8',
      headers,
      render: () => START,
    }),
    ...Object.fromEntries(FILES.map((name) => [`/docs/${name}`, fileDocument(join(folder, name))])),
  };
}
