import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt, Standing } from './checker/facts.js';
import type { Cast, Room } from './cast.js';
import type { Client, Surroundings } from './clients/client.js';
import { messagesPath } from './clients/service.js';
import type { ChatNode } from './stage/chat-node.js';

const TICK_MS = 20;
/** So many calls of one client may be under way; an outage does not pile up more. */
const MOST_UNDER_WAY = 6;
const EMOJIS = ['👍', '🎉', '❤️'];
/** Sends that nobody repeats, whatever came of them. */
const ONCE = 0.1;
const BY_REST = 0.25;
const INTRUDE_EVERY_MS = 600;
const PROBE_EVERY_MS = 500;

interface Own {
  room: string;
  id: string;
  text: string;
  version: number;
  /** An author makes one change after the other. */
  busy: boolean;
}

/** People who talk: a bounded number of messages a second, with everything that people do besides. */
export class Load {
  private readonly underWay = new Map<Client, number>();
  private readonly own = new Map<Client, Own[]>();
  private readonly authors = new Map<string, string>();
  private readonly tasks = new Map<Promise<unknown>, string>();
  private timer: NodeJS.Timeout | undefined;
  private running = true;
  private counter = 0;
  private quiet = false;

  constructor(
    private readonly cast: Cast,
    private readonly around: Surroundings,
    private readonly perSecond: number,
  ) {}

  start(): void {
    let last = performance.now();
    let due = 0;
    this.timer = setInterval(() => {
      const now = performance.now();
      // Not to be made up for: a machine that stood still is not to be flooded.
      due = Math.min(due + ((now - last) / 1000) * this.perSecond, this.perSecond / 10);
      last = now;
      for (; due >= 1; due -= 1) this.act();
    }, TICK_MS);
    for (const node of this.around.stage.nodes) this.track(`reading at ${node.name}`, this.probe(node));
  }

  /** Quiet rooms say nothing any more. */
  hush(): void {
    this.quiet = true;
  }

  /** @returns what was still not done after that time */
  async stop(withinMs: number): Promise<string[]> {
    this.running = false;
    clearInterval(this.timer);
    const late = sleep(withinMs, undefined, { ref: false });
    await Promise.race([Promise.allSettled([...this.tasks.keys()]), late]);
    return [...this.tasks.values()];
  }

  track(what: string, task: Promise<unknown>): void {
    this.tasks.set(task, what);
    const done = (): void => void this.tasks.delete(task);
    task.then(done, done);
  }

  /** Somebody who was removed goes on trying. */
  intrude(room: Room, client: Client): void {
    const again = async (): Promise<void> => {
      for (let n = 0; this.running; n += 1) {
        await this.say(room, client, { once: true, byRest: n % 2 === 1 || !client.connection });
        await sleep(INTRUDE_EVERY_MS);
      }
    };
    this.track(`intruding of ${client.name}`, again());
  }

  private act(): void {
    const { random } = this.around;
    const rooms = this.cast.rooms.filter((room) => !(this.quiet && room.quiet));
    const room = random.pick(rooms);
    const { client, part } = random.pick(room.seats);
    if (!client.connection || client.barred.has(room.id) || part === 'leaver') return;
    const busy = this.underWay.get(client) ?? 0;
    if (busy >= MOST_UNDER_WAY) return;
    this.underWay.set(client, busy + 1);
    const task = this.choose(room, client).finally(() =>
      this.underWay.set(client, (this.underWay.get(client) ?? 1) - 1),
    );
    this.track(`talking of ${client.name}`, task);
  }

  private async choose(room: Room, client: Client): Promise<void> {
    const { random } = this.around;
    const chance = random.next();
    const own = this.own.get(client)?.filter(({ busy }) => !busy) ?? [];
    if (chance < 0.08 && client.dialect.edit && own.length > 0) return this.edit(client, random.pick(own));
    if (chance < 0.11 && client.dialect.remove && own.length > 5)
      return this.remove(client, random.pick(own));
    if (chance < 0.15 && client.dialect.react) return this.react(room, client);
    if (chance < 0.2) return this.read(room, client);
    if (chance < 0.24) {
      await client.insist([], 'socket', async (link) => client.dialect.type(link, room.id), { once: true });
      return;
    }
    return this.say(room, client, { once: random.chance(ONCE), byRest: random.chance(BY_REST) });
  }

  private async say(
    room: Room,
    client: Client,
    { once, byRest }: { once: boolean; byRest: boolean },
  ): Promise<void> {
    const { journal } = this.around;
    const { dialect, person } = client;
    const text = `m${(this.counter += 1)} by ${person.id}`;
    const said = {
      room: room.id,
      person: person.id,
      clientId: randomUUID(),
      text,
      once,
      attempts: [] as Attempt[],
    };
    const entry: (typeof journal.said)[number] = said;
    journal.said.push(entry);
    this.authors.set(text, person.id);
    const way = byRest ? 'rest' : 'socket';
    const deliver = byRest ? dialect.post : dialect.send;
    const stored = await client.insist(
      said.attempts,
      way,
      (link) => deliver(link, room.id, said.clientId, text),
      { once },
    );
    if (!stored) return;
    entry.stored = { ...stored, at: journal.now() };
    const mine = this.own.get(client) ?? [];
    this.own.set(client, [
      ...mine.slice(-30),
      { room: room.id, id: stored.id, text, version: 0, busy: false },
    ]);
  }

  private async edit(client: Client, own: Own): Promise<void> {
    const text = `${own.text} edit ${own.version + 1}`;
    this.authors.set(text, client.person.id);
    await this.change(client, own, text);
  }

  private async remove(client: Client, own: Own): Promise<void> {
    this.own.set(
      client,
      (this.own.get(client) ?? []).filter((one) => one !== own),
    );
    await this.change(client, own, null);
  }

  private async change(client: Client, own: Own, text: string | null): Promise<void> {
    const { journal } = this.around;
    const { dialect, person } = client;
    own.busy = true;
    own.version += 1;
    const attempts: Attempt[] = [];
    const change: (typeof journal.changes)[number] = {
      room: own.room,
      id: own.id,
      person: person.id,
      version: own.version,
      text,
      attempts,
    };
    journal.changes.push(change);
    const done = await client.insist(attempts, dialect.changesBy, async (link) => {
      if (text === null) await dialect.remove?.(link, own.room, own.id);
      else await dialect.edit?.(link, own.room, own.id, text);
      return true;
    });
    if (done) change.doneAt = journal.now();
    own.busy = false;
  }

  private async react(room: Room, client: Client): Promise<void> {
    const id = this.ofOthers(room, client);
    const emoji = this.around.random.pick(EMOJIS);
    if (id === undefined) return;
    await this.stand({ kind: 'reaction', room: room.id, what: [`${id} ${emoji}`] }, client, 'rest', (link) =>
      client.dialect.react!(link, room.id, id, emoji),
    );
  }

  private async read(room: Room, client: Client): Promise<void> {
    const id = this.ofOthers(room, client);
    // In a group of this contract only one of them counts as the one who reads.
    if (id === undefined || (client.dialect.name === 'marketplace' && room.seats.length > 3)) return;
    await this.stand({ kind: 'read', room: room.id, what: [id] }, client, client.dialect.readsBy, (link) =>
      client.dialect.read(link, room.id, id),
    );
  }

  /** Something that has to be so in the end, once it is acknowledged. */
  async stand(
    what: Pick<Standing, 'kind' | 'room' | 'what'>,
    client: Client,
    way: 'socket' | 'rest',
    act: Parameters<Client['insist']>[2],
    more: { person?: string; avoid?: ChatNode } = {},
  ): Promise<void> {
    const { journal } = this.around;
    const entry: Standing = { ...what, person: more.person ?? client.person.id, attempts: [] };
    journal.standing.push(entry);
    const done = await client.insist(
      entry.attempts,
      way,
      async (link) => {
        await act(link);
        return true;
      },
      more,
    );
    if (done) entry.doneAt = journal.now();
  }

  /** The newest message that the client shows of somebody else, if it is there. */
  private ofOthers(room: Room, client: Client): string | undefined {
    const shown = client.views.get(room.id)?.shows() ?? [];
    return shown.findLast(({ text, deleted }) => !deleted && this.authors.get(text) !== client.person.id)?.id;
  }

  /** Reads a room at this server again and again: it has to answer at all times. */
  private async probe(node: ChatNode): Promise<void> {
    const { journal } = this.around;
    const room = this.around.random.pick(this.cast.rooms);
    const probe = { room: room.id, attempts: [] as Attempt[] };
    journal.probes.push(probe);
    const path = messagesPath(room.id, '?per_page=20');
    while (this.running) {
      await room.owner.insist(probe.attempts, 'rest', (link) => link.call('GET', path), {
        once: true,
        at: node,
      });
      await sleep(PROBE_EVERY_MS);
    }
  }
}
