import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import { PROCESS_SECRET, type ServerProcess } from '../support/process.js';
import { RestClient, type RestAnswer } from '../support/rest-client.js';
import { signToken } from '../support/sign-token.js';
import { SocketClient, type Answer } from '../support/socket-client.js';

/** The limit of the promise, with some room for a busy machine. */
export const ANSWER_WITHIN_MS = 5_500;

const clients = new Set<SocketClient>();

/** For `afterEach`: nobody goes on reconnecting. */
export function closeClients(): void {
  for (const client of clients) client.close();
  clients.clear();
}

/** Someone at a server process: the same id is the same person at the next one. */
export class Visitor {
  readonly rest: RestClient;
  private readonly token: string;

  constructor(
    private readonly url: string,
    readonly id: string,
    role: string,
  ) {
    this.token = signToken({ sub: id, role, name: `${role} ${id}` }, PROCESS_SECRET, { expiresIn: '1h' });
    this.rest = new RestClient(url, this.token);
  }

  async connect(options: Partial<ManagerOptions & SocketOptions> = {}): Promise<SocketClient> {
    const client = this.open(options);
    await client.waitFor('connect');
    return client;
  }

  /** Starts connecting and waits for nothing. */
  open(options: Partial<ManagerOptions & SocketOptions> = {}): SocketClient {
    const client = SocketClient.open(`${this.url}/chat`, { auth: { token: this.token }, ...options });
    clients.add(client);
    return client;
  }
}

export interface Conversation {
  room: string;
  host: Visitor;
  customer: Visitor;
  staff: Visitor;
}

/** Two people and their room `service_{id}` at this server. */
export async function converse(server: ServerProcess, id = 789): Promise<Conversation> {
  const host = new Visitor(server.url, 'host', 'service');
  const customer = new Visitor(server.url, '123', 'customer');
  const staff = new Visitor(server.url, '456', 'staff');
  const answer = await host.rest.put(`/api/v1/chat/directory/contexts/service_request/${id}`, {
    participants: [
      { user_id: customer.id, role: 'customer' },
      { user_id: staff.id, role: 'staff' },
    ],
  });
  if (answer.status !== 200) throw new Error(`The room was not made: ${JSON.stringify(answer.body)}`);
  return { room: `service_${id}`, host, customer, staff };
}

export interface Sent {
  id: string;
  seq: number;
}

export function send(
  socket: SocketClient,
  room: string,
  clientId: string,
  withinMs = ANSWER_WITHIN_MS,
): Promise<Answer<Sent>> {
  return ask(
    socket,
    'send_message',
    { room_id: room, message: `Message ${clientId}`, client_id: clientId },
    withinMs,
  );
}

export async function ask<T = Record<string, unknown>>(
  socket: SocketClient,
  event: string,
  payload: unknown,
  withinMs = ANSWER_WITHIN_MS,
): Promise<Answer<T>> {
  return (await socket.socket.timeout(withinMs).emitWithAck(event, payload)) as Answer<T>;
}

export interface Stored {
  id: string;
  seq: number;
  client_id: string;
  message: string;
}

/** The whole history, oldest first. */
export async function history(reader: Visitor, room: string): Promise<Stored[]> {
  const all: Stored[] = [];
  for (;;) {
    const after = all.at(-1)?.seq ?? 0;
    const answer: RestAnswer<{ messages: Stored[] }> = await reader.rest.get(
      `/api/v1/chat/rooms/${room}/messages?after_seq=${after}&per_page=100`,
    );
    if (answer.status !== 200) throw new Error(`No history: ${JSON.stringify(answer.body)}`);
    if (answer.body.data.messages.length === 0) return all;
    all.push(...answer.body.data.messages);
  }
}

/** The health check's status; 0 when nobody listens. */
export async function ready(server: ServerProcess): Promise<number> {
  return fetch(`${server.url}/health/ready`, { headers: { connection: 'close' } }).then(
    (answer) => answer.status,
    () => 0,
  );
}
