import type { HeardAnswer } from '../../support/heard.js';
import { fieldsOf } from '../fields-of.js';
import type { Document, MediaType, Operation } from '../openapi-document.js';
import { examplesOf } from '../records.js';
import { Validators } from './validators.js';

interface Route {
  /** `get /rooms/{room_id}` */
  name: string;
  method: string;
  pattern: RegExp;
  /** Of literal segments: `/rooms/{id}/permanently` before `/rooms/{id}/{other}`. */
  literals: number;
  operation: Operation;
}

const isParameter = (segment: string): boolean => /^\{\w+\}$/.test(segment);

function routesOf({ paths }: Document): Route[] {
  const routes = Object.entries(paths).flatMap(([path, methods]) => {
    const segments = path.split('/');
    const parts = segments.map((part) => (isParameter(part) ? '[^/]+' : part.replace(/[.+]/g, '\\$&')));
    return Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      method,
      pattern: new RegExp(`^${parts.join('/')}/?$`),
      literals: segments.filter((segment) => !isParameter(segment)).length,
      operation,
    }));
  });
  return routes.sort((a, b) => b.literals - a.literals);
}

/** Holds answers against the OpenAPI document: status, code, and the body by its schema. */
export class AnswerJudge {
  private readonly routes: Route[];
  private readonly validators: Validators;

  /** @param document as `readDocument` gives it */
  constructor(private readonly document: Document) {
    this.routes = routesOf(document);
    this.validators = new Validators(document);
  }

  /** What is not as documented; of paths without a route, that they are refused. */
  faultsOf({ method, path, status, headers, body }: HeardAnswer): string[] {
    const bare = path.split('?')[0] as string;
    const route = this.routes.find((one) => one.method === method.toLowerCase() && one.pattern.test(bare));
    // A server may have fewer routes than the documents of the usual one: of production, or a worker.
    if (!route || isNoRoute(body)) return [];
    const about = (fault: string): string => `${route.name} ${status}: ${fault}`;
    const documented = route.operation.responses[status];
    const code = codeOf(body);
    if (!documented) return [about(`the status is not documented (${code ?? 'no code'})`)];
    if (!headers.get('content-type')?.includes('json')) return [];
    const media = documented.content?.['application/json'];
    if (!media) return [about('no JSON is documented')];
    const faults = this.validators.faultsOf(media.schema, body);
    const codes = examplesOf(this.document, media).flatMap((example) => codeOf(example) ?? []);
    if (code !== undefined && !codes.includes(code)) faults.push(`the code ${code} is not documented`);
    if (this.hasUntoldMessage(media, body)) faults.push('a message beside data is not documented');
    return faults.map(about);
  }

  private hasUntoldMessage({ schema }: MediaType, body: unknown): boolean {
    const { success, message } = (body ?? {}) as { success?: unknown; message?: unknown };
    return success === true && message !== undefined && !fieldsOf(this.document, schema).has('message');
  }
}

/** What is answered where no route is; a route that finds nothing names what it has not found. */
const isNoRoute = (body: unknown): boolean =>
  ((body ?? {}) as { error?: unknown }).error === 'There is no such route; see /docs.';

function codeOf(body: unknown): string | undefined {
  const { success, code } = (body ?? {}) as { success?: unknown; code?: unknown };
  return success === false && typeof code === 'string' ? code : undefined;
}
