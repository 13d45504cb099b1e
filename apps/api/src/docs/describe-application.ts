import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import { RealtimeServer, SocketEvents } from '#libs/platform/realtime';
import type { JsonSchema } from '#libs/platform/schemas';
import { buildOpenApi } from './openapi.js';
import { eventModels, socketCatalogue, type SocketContract } from './socket-catalogue.js';

/** What all documents tell of the application: routes, events, and the schemas that both refer to. */
export interface ApplicationDescription {
  openApi: OpenAPIObject;
  events: SocketContract[];
  schemas: Record<string, JsonSchema>;
}

/** Routes and gateways are known when the server has started: so it is made when it is first asked for, and once. */
export function describeOnce(app: NestExpressApplication): () => ApplicationDescription {
  let description: ApplicationDescription | undefined;
  return () => (description ??= describe(app));
}

function describe(app: NestExpressApplication): ApplicationDescription {
  const events = app.get(SocketEvents);
  const realtime = app.get(RealtimeServer);
  const { openApi, schemas } = buildOpenApi(app, eventModels(events));
  return { openApi, schemas, events: socketCatalogue(events, realtime, schemas) };
}
