import type { Application, Request } from 'express';

/** What the routes of invitations call the token in their path: it opens a room. */
const SECRET_PARAMETER = ':token';
const UNKNOWN = '*';

const wordsOf = new WeakMap<Application, ReadonlySet<string>>();

/**
 * The path as a log may hold it, without the query. Of a route that is what was asked for, but for secrets. Where no
 * route was reached (a preflight, an unknown address, a refused body) nobody knows what its parts are: the words that
 * routes are made of stay, anything else may be a secret and is `*`.
 */
export function loggedPath(request: Request): string {
  const segments = request.path.split('/');
  const pattern = (request.route as { path?: unknown } | undefined)?.path;
  if (typeof pattern !== 'string') {
    const words = routeWords(request.app);
    return segments.map((segment) => (segment === '' || words.has(segment) ? segment : UNKNOWN)).join('/');
  }
  const names = pattern.split('/');
  return segments
    .map((segment, at) => (names[at] === SECRET_PARAMETER ? SECRET_PARAMETER : segment))
    .join('/');
}

/** Asked for after the first answer, when all routes are there. */
function routeWords(app: Application): ReadonlySet<string> {
  const known = wordsOf.get(app);
  if (known) return known;
  const paths = app.router.stack.flatMap(({ route }) => [route?.path ?? []].flat());
  const words = new Set(paths.flatMap((path) => path.split('/')).filter((word) => /^[\w-]+$/.test(word)));
  wordsOf.set(app, words);
  return words;
}
