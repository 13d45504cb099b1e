import type { Type } from '@nestjs/common';
import type { DomainError, ErrorDetail } from '#libs/platform/errors';
import { addRecognition, type Recognition } from './recognition.js';

/** A refusal in the words of a dialect. */
export interface Failure {
  message: string;
  code: string;
  details: unknown[];
}

export interface ErrorEvent {
  event: string;
  payload: unknown;
}

/** All that tells one contract from another, before its controllers and gateways say a word (docs/adding-a-dialect.md). */
export interface DialectDeclaration {
  name: string;
  /** One line about the contract; of its tag in the OpenAPI document. */
  description: string;
  /** Socket namespaces in which its events are heard. */
  namespaces: readonly string[];
  /** Paths that its REST routes stand below, without a slash in front; none where it has sockets alone. */
  rest?: { prefixes: readonly string[] };
  /** Its codes for ours; those that it does not name keep ours. */
  codes?: Readonly<Record<string, string>>;
  /** Where one code of ours has several of its own: the one for this error, undefined to go by `codes`. */
  codeFor?(error: DomainError): string | undefined;
  /** Its names for fields of the canonical API, which the services name in details. */
  fields?: Readonly<Record<string, string>>;
  /** Its form of one detail; without it a detail is an object whose `field` goes by `fields`. */
  toDetail?(detail: ErrorDetail): unknown;
  /** Class of a REST failure for the documents, where it is not the common one. */
  failure?: Type;
  /** Events that tell a refused event to the one who sent it, besides the acknowledgement. */
  errorEvents(failure: Failure, event: string, error: DomainError): ErrorEvent[];
  /** Of the events that tell a refused or ended token, the one that its document alone has: it carries its own code. */
  authErrorEvent?: string;
  /** How its events are told from those of the other dialects in a shared namespace. */
  recognises?: readonly Recognition[];
}

/** One published contract: its words for what the chat refuses, and where it is spoken. */
export class Dialect {
  readonly name: string;
  readonly description: string;
  readonly namespaces: readonly string[];
  readonly prefixes: readonly string[];
  readonly failure: Type | undefined;
  readonly authErrorEvent: string | undefined;

  constructor(private readonly declaration: DialectDeclaration) {
    const { name, description, namespaces, rest, failure, authErrorEvent } = declaration;
    this.name = name;
    this.description = description;
    this.namespaces = namespaces;
    this.prefixes = (rest?.prefixes ?? []).map((prefix) => `/${prefix}`);
    this.failure = failure;
    this.authErrorEvent = authErrorEvent;
  }

  /** Its own code for one of ours. */
  codeOf(error: DomainError): string {
    const { codes, codeFor } = this.declaration;
    return codeFor?.(error) ?? codes?.[error.code] ?? error.code;
  }

  /** The details of an error in its own form. */
  detailsOf({ details }: DomainError): unknown[] {
    const { toDetail } = this.declaration;
    return details.map((detail) => (toDetail ? toDetail(detail) : this.withOwnField(detail)));
  }

  errorEvents(error: DomainError, event: string): ErrorEvent[] {
    const failure = { message: error.message, code: this.codeOf(error), details: this.detailsOf(error) };
    return this.declaration.errorEvents(failure, event, error);
  }

  private withOwnField(detail: ErrorDetail): ErrorDetail {
    const own = typeof detail.field === 'string' ? this.declaration.fields?.[detail.field] : undefined;
    return own === undefined ? detail : { ...detail, field: own };
  }
}

const declared = new Map<string, Dialect>();

/**
 * Declares a dialect. It is spoken where a module imports it (`DialectModule.forFeature`).
 * @throws where another dialect has its name, one of its prefixes, or a place in the order of recognition
 */
export function defineDialect(declaration: DialectDeclaration): Dialect {
  const { name, recognises = [] } = declaration;
  const dialect = new Dialect(declaration);
  if (declared.has(name)) throw new Error(`There are two dialects called ${name}`);
  for (const prefix of dialect.prefixes) {
    const other = dialectOfPath(prefix);
    if (other?.prefixes.includes(prefix)) throw new Error(`${prefix} belongs to ${other.name} and ${name}`);
  }
  addRecognition(name, recognises);
  declared.set(name, dialect);
  return dialect;
}

export const declaredDialects = (): Dialect[] => [...declared.values()];

/**
 * The dialect whose REST routes this path stands among, known or not: its failures are told in this one. The longest
 * prefix counts; as in routes, capitals do not.
 */
export function dialectOfPath(path: string): Dialect | undefined {
  const asked = `${path.toLowerCase()}/`;
  let found: { dialect: Dialect; length: number } | undefined;
  for (const dialect of declared.values()) {
    for (const prefix of dialect.prefixes) {
      if (asked.startsWith(`${prefix}/`) && prefix.length > (found?.length ?? 0))
        found = { dialect, length: prefix.length };
    }
  }
  return found?.dialect;
}
