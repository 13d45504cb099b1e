import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppConfigShape } from '#libs/platform/config';
import { givesTokens } from '../landing/dev-tokens.controller.js';
import { KeptDocument } from './kept-document.js';
import type { Documents } from './serve-documents.js';

/** The project's root is the folder of package.json, from the sources and from dist alike. */
function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** A file that comes with the server, of a type that its pages use. */
export const fileDocument = (path: string): KeptDocument =>
  new KeptDocument({
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    headers: { 'Content-Security-Policy': PAGE_POLICY },
    render: () => readFile(path),
  });

/** The page for people at `/`: static files, no build step, no network besides this server. */
export function landingDocuments(config: AppConfigShape): Documents {
  const pages = join(projectRoot(), 'apps', 'api', 'public');
  const assets = readdirSync(join(pages, 'assets'));
  const page = new KeptDocument({
    type: 'text/html; charset=utf-8',
    headers: { 'Content-Security-Policy': PAGE_POLICY },
    render: () => readFile(join(pages, 'index.html')),
  });
  const environment = new KeptDocument({
    type: 'application/json; charset=utf-8',
    render: () => JSON.stringify({ development: givesTokens(config) }),
  });
  return {
    '/': page,
    '/index.html': page,
    '/assets/environment.json': environment,
    ...Object.fromEntries(
      assets.map((name) => [`/assets/${name}`, fileDocument(join(pages, 'assets', name))]),
    ),
  };
}
