import { ANY_DIALECT } from '#libs/platform/realtime';
import type { JsonSchema } from '#libs/platform/schemas';
import type { Acknowledgement, SocketContract, SocketEvent } from './socket-catalogue.js';
import { usedSchemas } from './used-schemas.js';

const DESCRIPTION = `
Every event by Socket.IO, in both directions. A channel is one contract in one namespace; \`receive\` is what clients
emit, \`send\` what the server emits. Give the token as \`auth.token\` when connecting.

Every event takes an optional acknowledgement callback: \`{"success": true, "data": …}\` or
\`{"success": false, "error", "code", "details"}\`, shown as the reply of the operation. Events of one socket take effect
in the order in which it sent them. Before a socket has joined a room it receives only what concerns its user.
`;

type Parts = Record<string, object>;

/** Names that the documents give a contract and a namespace in ids. */
export const contractName = (dialect: string): string => (dialect === ANY_DIALECT ? 'connection' : dialect);
const namespaceName = (namespace: string): string => namespace.slice(1) || 'root';

/** AsyncAPI 3.0 of all socket events, made of the declarations that validate, guard and type them. */
export function buildAsyncApi(
  contracts: SocketContract[],
  known: Record<string, JsonSchema>,
  host: string,
): object {
  const messages: Parts = {};
  const channels: Parts = {};
  const operations: Parts = {};
  for (const contract of contracts) {
    const name = contractName(contract.dialect);
    for (const event of contract.events) Object.assign(messages, messagesOf(name, event));
    for (const namespace of contract.namespaces) {
      const channel = `${name}-${namespaceName(namespace)}`;
      const own = contract.events.flatMap((event) => Object.keys(messagesOf(name, event)));
      channels[channel] = {
        address: namespace,
        title: `${name} on ${namespace}`,
        summary: `Events of the ${name} contract in namespace ${namespace}`,
        messages: Object.fromEntries(own.map((id) => [id, { $ref: `#/components/messages/${id}` }])),
      };
      for (const event of contract.events)
        operations[`${channel}.${event.direction}.${event.name}`] = operationOf(channel, name, event);
    }
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Switchboard',
      version: '1.0.0',
      description: DESCRIPTION.trim(),
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: 'application/json',
    servers: {
      self: { host, protocol: 'ws', pathname: '/socket.io', description: 'This server, by Socket.IO 4' },
    },
    channels,
    operations,
    components: {
      schemas: usedSchemas(messages, { ...known, ...acknowledgementsOf(contracts) }),
      messages,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            "The host platform's own JWT, as `auth.token` or as Authorization header of the handshake",
        },
      },
    },
  };
}

const messageId = (contract: string, kind: string, event: SocketEvent): string =>
  `${contract}.${kind}.${event.name}`;

/** The event itself and, of a client's event, its acknowledgement. */
function messagesOf(contract: string, event: SocketEvent): Parts {
  const { name, direction, summary, payload, ack, access, errors, emits } = event;
  const message = {
    name,
    title: name,
    summary,
    tags: [{ name: contract }],
    ...(payload ? { payload: payload.schema, examples: [{ payload: payload.example }] } : {}),
    ...(direction === 'client' ? { 'x-access': access, 'x-errors': errors, 'x-emits': emits } : {}),
  };
  if (!ack) return { [messageId(contract, direction, event)]: message };
  return {
    [messageId(contract, direction, event)]: message,
    [messageId(contract, 'ack', event)]: {
      name: `${name} acknowledgement`,
      title: `Acknowledgement of ${name}`,
      summary: `What the callback of ${name} is given`,
      payload: { $ref: schemaRef(acknowledgementName(ack)) },
      examples: [{ payload: { success: true, data: ack.example } }],
    },
  };
}

const schemaRef = (name: string): string => `#/components/schemas/${name}`;

/** `RoomAnswer` or a failure is a `RoomAcknowledgement`; a contract's own failures put its name in front. */
function acknowledgementName({ answer, failure }: Acknowledgement): string {
  const contract = failure.replace(/Failure$/, '');
  const data = answer.replace(/Answer$/, '');
  return `${data.startsWith(contract) ? '' : contract}${data}Acknowledgement`;
}

const acknowledgementsOf = (contracts: SocketContract[]): Record<string, JsonSchema> =>
  Object.fromEntries(
    contracts
      .flatMap(({ events }) => events.flatMap(({ ack }) => (ack ? [ack] : [])))
      .map((ack) => [
        acknowledgementName(ack),
        {
          description: 'What the callback of an event is given',
          oneOf: [{ $ref: schemaRef(ack.answer) }, { $ref: schemaRef(ack.failure) }],
        },
      ]),
  );

function operationOf(channel: string, contract: string, event: SocketEvent): object {
  const inChannel = (id: string) => ({ $ref: `#/channels/${channel}/messages/${id}` });
  return {
    action: event.direction === 'client' ? 'receive' : 'send',
    channel: { $ref: `#/channels/${channel}` },
    summary: event.summary,
    messages: [inChannel(messageId(contract, event.direction, event))],
    ...(event.needsToken ? { security: [{ $ref: '#/components/securitySchemes/token' }] } : {}),
    ...(event.ack
      ? {
          reply: {
            channel: { $ref: `#/channels/${channel}` },
            messages: [inChannel(messageId(contract, 'ack', event))],
          },
        }
      : {}),
  };
}
