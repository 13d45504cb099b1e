import { setTimeout as sleep } from 'node:timers/promises';
import { isUpToDate } from './checker/delivery.js';
import type { Attempt, Intrusion, OnlineList, Stored, StoredRoom, View } from './checker/facts.js';
import { checkPresence } from './checker/standing.js';
import { tries } from './checker/words.js';
import type { Cast, Room } from './cast.js';
import type { Client } from './clients/client.js';
import type { Link } from './clients/link.js';
import { messagesPath, toShown, type ServiceMessage } from './clients/service.js';
import { staying } from './director.js';
import type { Journal } from './journal.js';
import type { ChatNode } from './stage/chat-node.js';
import type { Stage } from './stage/stage.js';

const CONNECTED_WITHIN_MS = 40_000;
const SETTLED_WITHIN_MS = 15_000;
/** The lease of a server (8 s), the grace of a person (2 s), and what a busy machine takes. */
const PRESENCE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 400;
/** Time for another server to answer where one is silent. */
const ANSWERED_WITHIN_MS = 30_000;

const roomPath = (room: Room, rest: string): string => `/api/v1/chat/rooms/${room.id}${rest}`;

/** Not even a look at what is stored is possible. */
export class Unsettled extends Error {}

/** What a fresh look finds once everything has come to rest, or has not in its time. */
export class Settling {
  constructor(
    private readonly cast: Cast,
    private readonly journal: Journal,
    private readonly stage: Stage,
  ) {}

  /** Whoever is expected to stay has to come back by itself. */
  async everybodyBack(): Promise<void> {
    const away = (): Client[] => staying(this.cast).filter((client) => !client.connection);
    await this.until(() => Promise.resolve(away().length === 0), CONNECTED_WITHIN_MS);
    for (const client of away())
      this.journal.troubles.push(`${client.name} did not come back within ${CONNECTED_WITHIN_MS / 1000} s`);
    for (const client of staying(this.cast))
      for (const room of client.barred) this.journal.troubles.push(`${client.name} was not let into ${room}`);
  }

  /** @returns also how long it took, in milliseconds */
  async views(): Promise<{ rooms: StoredRoom[]; views: View[]; ms: number }> {
    const since = this.journal.now();
    let [rooms, views]: [StoredRoom[], View[]] = [[], []];
    await this.until(async () => {
      rooms = await Promise.all(this.cast.rooms.map((room) => this.read(room)));
      views = staying(this.cast).flatMap((client) => viewsOf(client));
      return views.every((view) =>
        isUpToDate(view, rooms.find(({ room }) => room === view.room) as StoredRoom),
      );
    }, SETTLED_WITHIN_MS);
    return { rooms, views, ms: this.journal.now() - since };
  }

  /** Lists of every server, once they are true or their time is over. */
  async online(rooms: readonly StoredRoom[]): Promise<{ online: OnlineList[]; ms: number }> {
    const since = this.journal.now();
    let online: OnlineList[] = [];
    await this.until(async () => {
      online = await Promise.all(
        this.stage.healthy().flatMap((node) => this.cast.rooms.map((room) => this.listed(room, node, rooms))),
      );
      return checkPresence({ online }).length === 0;
    }, PRESENCE_WITHIN_MS);
    return { online, ms: this.journal.now() - since };
  }

  /** Whether those who were removed can still read. */
  async intrusions(): Promise<Intrusion[]> {
    const tries = this.journal.removals.flatMap(({ room, person, doneAt }) => {
      const client = this.cast.seats.find((seat) => seat.client.person.id === person)?.client;
      if (!client || doneAt === undefined) return [];
      return this.stage.healthy().map(async (at): Promise<Intrusion[]> => {
        const read = await client.insist([], 'rest', (link) => link.call('GET', messagesPath(room)), {
          at,
          withinMs: ANSWERED_WITHIN_MS,
        });
        return read === undefined ? [] : [{ room, person, what: `still reads it on ${at.name}` }];
      });
    });
    return (await Promise.all(tries)).flat();
  }

  private async read(room: Room): Promise<StoredRoom> {
    const messages: ServiceMessage[] = [];
    for (let more = true; more;) {
      const path = messagesPath(room.id, `?after_seq=${messages.at(-1)?.seq ?? 0}&per_page=100`);
      const page = await this.ask<{ messages: ServiceMessage[]; has_more: boolean }>(room, (link) =>
        link.call('GET', path),
      );
      if (!page) throw new Unsettled(`no server answers what is in room ${room.id}`);
      messages.push(...page.messages);
      more = page.has_more;
    }
    const list = await this.ask<{ participants: { id: string | number; role: string }[] }>(room, (link) =>
      link.call('GET', roomPath(room, '/participants?per_page=100')),
    );
    if (!list) throw new Unsettled(`no server answers who is in room ${room.id}`);
    return {
      room: room.id,
      messages: messages.map(toStored),
      participants: Object.fromEntries(list.participants.map(({ id, role }) => [String(id), role])),
    };
  }

  private async listed(room: Room, node: ChatNode, rooms: readonly StoredRoom[]): Promise<OnlineList> {
    const answer = await this.ask<{ users: { id: string | number }[] }>(
      room,
      (link) => link.call('GET', roomPath(room, '/online')),
      node,
    );
    const participants = rooms.find((one) => one.room === room.id)?.participants ?? {};
    const connected = room.seats
      .filter(({ client }) => client.isConnected)
      .map(({ client }) => client.person.id);
    return {
      room: room.id,
      node: node.name,
      online: answer?.users.map(({ id }) => String(id)),
      connected: [...new Set(connected)].filter((person) => person in participants),
    };
  }

  /** As the owner of the room; undefined where a server has no answer. */
  private async ask<T>(room: Room, act: (link: Link) => Promise<T>, at?: ChatNode): Promise<T | undefined> {
    const attempts: Attempt[] = [];
    const answer = await room.owner.insist(attempts, 'rest', act, {
      at,
      once: at !== undefined,
      withinMs: ANSWERED_WITHIN_MS,
    });
    if (answer === undefined)
      this.journal.troubles.push(`${room.owner.name} got no answer: ${tries(attempts)}`);
    return answer;
  }

  private async until(holds: () => Promise<boolean>, withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (!(await holds()) && performance.now() < end) await sleep(LOOK_EVERY_MS);
  }
}

const viewsOf = (client: Client): View[] =>
  [...client.views].map(([room, view]) => ({
    client: client.name,
    person: client.person.id,
    room,
    connection: client.connection?.name ?? 'not connected',
    messages: view.shows(),
  }));

const toStored = (message: ServiceMessage): Stored => ({
  ...toShown(message),
  sender: message.sender.id === null ? null : String(message.sender.id),
  clientId: message.client_id,
  readBy: message.read_by.map(({ user_id }) => String(user_id)),
  reactions: Object.fromEntries(message.reactions.map(({ emoji, users }) => [emoji, users.map(String)])),
});
