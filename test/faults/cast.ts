import { setTimeout as sleep } from 'node:timers/promises';
import { PROCESS_SECRET } from '../support/process.js';
import { signToken } from '../support/sign-token.js';
import { booking } from './clients/booking.js';
import { Client, type Person, type Surroundings } from './clients/client.js';
import type { Dialect } from './clients/dialect.js';
import { call } from './clients/link.js';
import { marketplace } from './clients/marketplace.js';
import { service } from './clients/service.js';
import { support } from './clients/support.js';
import { workspace } from './clients/workspace.js';
import type { ChatNode } from './stage/chat-node.js';

const ROOMS = '/api/v1/chat/rooms';
const GROUPS = 5;
const PAIRS = 3;
const MOST_TRIES = 30;

/** What somebody is there for. */
export type Part = 'owner' | 'member' | 'removed early' | 'removed late' | 'newcomer' | 'leaver';

export interface Seat {
  client: Client;
  part: Part;
}

export interface Room {
  id: string;
  /** Falls silent with the end of the fault: what was lost then is brought up by no later message. */
  quiet: boolean;
  seats: Seat[];
  owner: Client;
}

/** Of a group: its owner, people of all five contracts, and those who come and go. */
const GROUP: [Part, string, Dialect][] = [
  ['owner', 'staff', service],
  ['member', 'customer', workspace],
  ['member', 'customer', booking],
  ['member', 'staff', support],
  ['member', 'customer', marketplace],
  ['member', 'customer', service],
  ['removed early', 'customer', workspace],
  ['removed early', 'customer', service],
  ['removed late', 'customer', support],
  ['removed late', 'customer', booking],
  ['newcomer', 'customer', service],
  ['leaver', 'customer', marketplace],
];

/** Ids of people are used once in a run of the harness. */
let nextPerson = 1_000;

function person(role: string): Person {
  const id = String((nextPerson += 1));
  const token = signToken({ sub: id, role, name: `${role} ${id}` }, PROCESS_SECRET, { expiresIn: '6h' });
  return { id, role, token };
}

/** What the fault before left behind is none of this run's business. */
async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let left = MOST_TRIES; ; left -= 1) {
    try {
      return await act();
    } catch (error) {
      if (left === 1) throw error;
      await sleep(1_000);
    }
  }
}

/** People, their devices and their rooms, for one run; nobody is connected yet. */
export class Cast {
  readonly rooms: Room[] = [];

  private constructor(
    private readonly around: Surroundings,
    /** The server that the fault will concern. */
    private readonly victim: ChatNode,
  ) {}

  static async gather(around: Surroundings, victim: ChatNode): Promise<Cast> {
    const cast = new Cast(around, victim);
    const groups = Array.from({ length: GROUPS }, (_, n) => cast.group(n));
    const pairs = Array.from({ length: PAIRS }, (_, n) => cast.pair(n));
    cast.rooms.push(...(await Promise.all([...groups, ...pairs])));
    return cast;
  }

  get seats(): Seat[] {
    return this.rooms.flatMap(({ seats }) => seats);
  }

  private async group(number: number): Promise<Room> {
    const people = GROUP.map(([, role]) => person(role));
    const [owner] = people as [Person];
    const here = GROUP.flatMap(([part], n) => (part === 'newcomer' ? [] : [(people[n] as Person).id]));
    const id = await this.open(people, owner, {
      type: 'group',
      name: `Group ${number}`,
      participant_ids: here.slice(1),
    });
    const seats = GROUP.map(([part, , dialect], n) => ({
      part,
      client: this.client(people[n] as Person, dialect, id, this.place(part, number + n)),
    }));
    return { id, quiet: number % 2 === 1, seats, owner: seats[0]!.client };
  }

  private async pair(number: number): Promise<Room> {
    const [provider, customer] = [person('provider'), person('customer')];
    const id = await this.open([provider, customer], customer, {
      type: 'direct',
      participant_ids: [provider.id],
    });
    const devices: [Person, Dialect][] = [
      [customer, marketplace],
      [provider, marketplace],
      [provider, booking],
    ];
    const seats = devices.map(([who, dialect], n): Seat => ({
      part: 'member',
      client: this.client(who, dialect, id, this.place('member', number + n)),
    }));
    return { id, quiet: number % 2 === 1, seats, owner: seats[0]!.client };
  }

  /** Makes everybody known, and the room. */
  private async open(people: Person[], by: Person, body: object): Promise<string> {
    const { url } = this.around.stage.nodes[0] as ChatNode;
    const asked = <T>(token: string, method: string, content?: object): Promise<T> =>
      patiently(() => call<T>(`${url}${ROOMS}`, token, method, content));
    await Promise.all(people.map(({ token }) => asked(token, 'GET')));
    return (await asked<{ room: { id: string } }>(by.token, 'POST', body)).room.id;
  }

  private client({ ...who }: Person, dialect: Dialect, room: string, at: ChatNode): Client {
    return new Client(`${dialect.name} ${who.id}`, who, dialect, [room], this.around, at);
  }

  /** Those who are removed sit where it is hardest to reach them; who removes them does not. */
  private place(part: Part, number: number): ChatNode {
    const { nodes } = this.around.stage;
    const others = nodes.filter((node) => node !== this.victim);
    if (part.startsWith('removed') && number % 2 === 0) return this.victim;
    if (part === 'owner' && others.length > 0) return others[number % others.length] as ChatNode;
    return nodes[number % nodes.length] as ChatNode;
  }
}
