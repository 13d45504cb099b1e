import type { JwtSignOptions } from '@nestjs/jwt';
import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import { startTestApp, TEST_SECRET, type TestApp, type TestEnv } from './app.js';
import { RestClient } from './rest-client.js';
import { signToken } from './sign-token.js';
import { SocketClient } from './socket-client.js';

export interface Person {
  id: string;
  role: string;
  name: string;
  token: string;
  rest: RestClient;
}

export interface PersonOptions {
  id?: string | number;
  name?: string;
  claims?: Record<string, unknown>;
}

/** For specs that look inside a server (its events, its statements, its limits): they mean this one. */
export const ONE_NODE = 1;

let nextId = 1000;

/**
 * A started server with people in it. Ids are unique in the world, so that tests of one file share a server without
 * seeing each other.
 */
export class World {
  private readonly clients: SocketClient[] = [];

  private turn = 0;

  private constructor(readonly server: TestApp) {}

  /** @param nodes servers of the chat; as TEST_NODES says unless told */
  static async start(env: TestEnv = {}, nodes?: number): Promise<World> {
    return new World(await startTestApp(env, nodes));
  }

  /** Of the only server, or of several in turn: clients spread over all of them. */
  get url(): string {
    const { nodes } = this.server;
    this.turn += 1;
    return (nodes[this.turn % nodes.length] ?? this.server).url;
  }

  /** A token as the host platform would make it. */
  token(claims: Record<string, unknown>, options: JwtSignOptions = { expiresIn: '1h' }): string {
    return signToken(claims, TEST_SECRET, options);
  }

  person(role = 'customer', { id, name, claims }: PersonOptions = {}): Person {
    const number = (nextId += 1);
    const userId = id ?? number;
    const shown = name ?? `${role} ${userId}`;
    const token = this.token({ sub: String(userId), role, name: shown, ...claims });
    return { id: String(userId), role, name: shown, token, rest: new RestClient(this.url, token) };
  }

  /** The host platform's own server. */
  host(): Person {
    return this.person('service', { id: 'host' });
  }

  anonymous(): RestClient {
    return new RestClient(this.url, undefined);
  }

  /** A connected socket; the service dialect's namespace unless told. */
  async socket(
    person: Person,
    options: { namespace?: string; auth?: Record<string, unknown> } & Partial<
      ManagerOptions & SocketOptions
    > = {},
  ): Promise<SocketClient> {
    const { namespace = '/chat', auth, ...rest } = options;
    const client = await SocketClient.connect(this.url + namespace, {
      auth: { token: person.token, ...auth },
      ...rest,
    });
    this.clients.push(client);
    return client;
  }

  /** A service room between these people, made by the host; the key is `service_{id}`. */
  async serviceRoom(people: Person[], id: string | number = (nextId += 1)): Promise<string> {
    const answer = await this.host().rest.put(`/api/v1/chat/directory/contexts/service_request/${id}`, {
      participants: people.map((person) => ({ user_id: person.id, role: person.role })),
    });
    if (answer.status !== 200) throw new Error(`The room was not made: ${JSON.stringify(answer.body)}`);
    return `service_${id}`;
  }

  /** Sockets that have joined the room, in the order of the people. */
  async joined(room: string, ...people: Person[]): Promise<SocketClient[]> {
    return Promise.all(
      people.map(async (person) => {
        const client = await this.socket(person);
        await client.must('join_room', { room_id: room });
        return client;
      }),
    );
  }

  /** Ends the sockets of a test; the server goes on. */
  disconnectAll(): void {
    for (const client of this.clients.splice(0)) client.close();
  }

  async stop(): Promise<void> {
    this.disconnectAll();
    await this.server.close();
  }
}
