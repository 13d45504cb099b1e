import type { Document, Schema } from '../docs/openapi-document.js';

interface EventsDocument {
  components: { messages: Record<string, { payload?: Schema }>; schemas: Record<string, Schema> };
}

const MAX_DEPTH = 8;

/** What routes and events take, as the documents of a running server describe it; references are followed. */
export class DescribedInputs {
  private constructor(
    private readonly routes: Document,
    private readonly events: EventsDocument,
  ) {}

  static async of(url: string): Promise<DescribedInputs> {
    const at = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
    return new DescribedInputs(
      (await at('/openapi.json')) as Document,
      (await at('/asyncapi.json')) as EventsDocument,
    );
  }

  /** @param path as declared, such as /rooms/:room_id */
  body(method: string, path: string): Schema | undefined {
    const media = this.operation(method, path)?.requestBody?.content['application/json'];
    return media && followed(media.schema, this.routes.components.schemas);
  }

  query(method: string, path: string): Schema | undefined {
    const parameters = this.operation(method, path)?.parameters?.filter(({ in: place }) => place === 'query');
    if (!parameters?.length) return undefined;
    const properties = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
    return followed({ type: 'object', properties }, this.routes.components.schemas);
  }

  payload(dialect: string, event: string): Schema | undefined {
    const { messages, schemas } = this.events.components;
    const payload = messages[`${dialect}.client.${event}`]?.payload;
    return payload && followed(payload, schemas);
  }

  private operation(method: string, path: string) {
    return this.routes.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  }
}

function followed(part: Schema, schemas: Record<string, Schema>, depth = 0): Schema {
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow);
    return typeof value === 'object' && value !== null
      ? followed(value as Schema, schemas, depth + 1)
      : value;
  };
  if (depth > MAX_DEPTH * 2) return {};
  const { $ref, ...rest } = part;
  const named = typeof $ref === 'string' ? schemas[$ref.split('/').at(-1) as string] : undefined;
  return Object.fromEntries(
    Object.entries({ ...named, ...rest }).map(([key, value]) => [key, follow(value)]),
  );
}
