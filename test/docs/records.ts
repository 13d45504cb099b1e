import { fieldsOf, namesIn, word } from './fields-of.js';
import type { Document, MediaType, Operation, Schema, WithSchemas } from './openapi-document.js';

/**
 * What a document says of an operation: sections of words with blanks between them, such as
 * `{ '404': 'X-Request-Id application/json ROOM_NOT_FOUND', 'answer 200 data': 'id! name' }`.
 * A field with `!` is always there.
 */
export type Sections = Record<string, string>;

export interface EventMessage {
  name: string;
  payload?: Schema;
  examples?: { payload: unknown }[];
  'x-access'?: unknown;
  'x-errors'?: string[];
  'x-emits'?: string[];
}

export interface EventDocument extends WithSchemas {
  channels: Record<string, { address: string; messages: Record<string, object> }>;
  operations: Record<string, { action: string }>;
  components: WithSchemas['components'] & { messages: Record<string, EventMessage> };
}

/** Words by section; empty sections are left out. */
class Words {
  private readonly sections = new Map<string, Set<string>>();

  add(section: string, ...words: string[]): void {
    const known = this.sections.get(section) ?? new Set();
    for (const one of words) known.add(one);
    if (known.size > 0) this.sections.set(section, known);
  }

  /** Each field under the object that holds it. */
  addNames(section: string, names: Iterable<string>, mark: (name: string) => string = () => ''): void {
    for (const name of names) {
      const at = name.lastIndexOf('.');
      if (/(\[\]|\{\})$/.test(name) || name === '') continue;
      this.add(at < 0 ? section : `${section} ${name.slice(0, at)}`, `${name.slice(at + 1)}${mark(name)}`);
    }
  }

  addSchema(document: WithSchemas, section: string, schema: Schema, withLimits: boolean): void {
    const fields = fieldsOf(document, schema);
    this.addNames(section, fields.keys(), (name) => (fields.get(name)?.required ? '!' : ''));
    for (const [name, { values, limits }] of fields) {
      const place = `${section} ${name}`.trim();
      this.add(`values of ${place}`, ...values);
      if (withLimits) this.add(`limits of ${place}`, ...limits);
    }
  }

  all(): Sections {
    return Object.fromEntries([...this.sections].map(([section, words]) => [section, [...words].join(' ')]));
  }
}

const codesIn = (examples: unknown[]): string[] =>
  examples.flatMap((example) => {
    const { code } = (example ?? {}) as { code?: unknown };
    return typeof code === 'string' ? [code] : [];
  });

/** Those of the body or answer itself, else of its schema, else of the component that the schema names. */
export function examplesOf(document: WithSchemas, { schema, ...media }: MediaType): unknown[] {
  if ('example' in media) return [media.example];
  if (media.examples) return Object.values(media.examples).map(({ value }) => value);
  if ('example' in schema) return [schema.example];
  const name = typeof schema.$ref === 'string' ? schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1) : '';
  const component = document.components.schemas[name] ?? {};
  return 'example' in component ? [component.example] : [];
}

function sectionsOf(document: Document, operation: Operation & { tags?: string[] }): Sections {
  const words = new Words();
  words.add('access', word(operation['x-access']));
  words.add('tags', ...(operation.tags ?? []));
  for (const { in: place, name, schema, ...parameter } of operation.parameters ?? []) {
    const { required = false } = parameter as { required?: boolean };
    words.add(`${place} parameters`, `${name}${required ? '!' : ''}`);
    words.addSchema(document, `${place} ${name}`, schema, true);
  }
  for (const [type, media] of Object.entries(operation.requestBody?.content ?? {})) {
    words.addSchema(document, `body ${type}`, media.schema, true);
    words.addNames(
      `example of body ${type}`,
      new Set(examplesOf(document, media).flatMap((one) => namesIn(one))),
    );
  }
  for (const [status, { headers = {}, content = {} }] of Object.entries(operation.responses)) {
    words.add('statuses', status);
    words.add(status, ...Object.keys(headers), ...Object.keys(content));
    for (const media of Object.values(content)) {
      const examples = examplesOf(document, media);
      words.add(status, ...codesIn(examples));
      if (!status.startsWith('2')) continue;
      words.addSchema(document, `answer ${status}`, media.schema, false);
      words.addNames(`example of ${status}`, new Set(examples.flatMap((example) => namesIn(example))));
    }
  }
  return words.all();
}

/** By `get /path/{id}`. */
export const operationRecords = (document: Document): Record<string, Sections> =>
  Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        `${method} ${path}`,
        sectionsOf(document, operation),
      ]),
    ),
  );

/** By contract, direction and event, with the namespaces and actions of each. */
export function eventRecords(document: EventDocument): Record<string, Sections> {
  const records = Object.entries(document.components.messages).map(([id, message]) => {
    const words = new Words();
    for (const [channel, { address, messages }] of Object.entries(document.channels))
      if (id in messages) {
        words.add('namespaces', address);
        const [, kind, event] = id.split('.');
        const operation = document.operations[`${channel}.${kind}.${event}`];
        if (operation) words.add('actions', operation.action);
      }
    if ('x-access' in message) words.add('access', word(message['x-access']));
    words.add('errors', ...(message['x-errors'] ?? []));
    words.add('emits', ...(message['x-emits'] ?? []));
    if (message.payload) words.addSchema(document, 'payload', message.payload, id.includes('.client.'));
    words.addNames('example', new Set((message.examples ?? []).flatMap(({ payload }) => namesIn(payload))));
    return [id, words.all()] as const;
  });
  return Object.fromEntries(records);
}

/** Answers may promise more than they did; what is asked for must stay just as necessary as it was. */
const PROMISED = /^(answer|payload)/;

/** A sentence for each section that said more then than it says now. */
export function lostIn(then: Record<string, Sections>, now: Record<string, Sections>): string[] {
  return Object.entries(then).flatMap(([name, sections]) => {
    const present = now[name];
    if (!present) return [`${name} is missing`];
    return Object.entries(sections).flatMap(([section, words]) => {
      const kept = new Set((present[section] ?? '').split(' '));
      const promised = PROMISED.test(section) && !name.includes('.client.');
      const lost = words.split(' ').filter((one) => !kept.has(one) && !(promised && kept.has(`${one}!`)));
      return lost.length === 0 ? [] : [`${name}: ${section} has lost ${lost.join(', ')}`];
    });
  });
}
