import pg from 'pg';
import { io, type Socket } from 'socket.io-client';
import type { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';

interface WireMessage {
  id: string;
  seq: number;
  message: string;
  deleted: boolean;
}
interface Joined {
  messages: WireMessage[];
  changes: WireMessage[];
  has_more: boolean;
  changes_has_more: boolean;
}

const READERS = 10;
const CUTS = 1_000;
/** A cut comes when so many messages were seen since the last one: 0 is right after asking to join. */
const MOST_BETWEEN_CUTS = 6;
/** People who change their messages while others send. */
const AUTHORS = 2;
const OWN = 6;
const EDITS_TO_A_DELETION = 40;
const SETTLED = 'settled';
const PATIENCE_MS = 15_000;

/** A traveller whose connection is cut again and again; keeps what arrives in the order of arrival. */
class Traveller {
  readonly seqs: number[] = [];
  readonly texts = new Map<string, string>();
  cuts = 0;
  private socket: Socket | undefined;
  private seen = 0;
  private cutAfter = 0;

  constructor(
    private readonly url: () => string,
    private readonly person: Person,
    private readonly room: string,
    private readonly mayCut: () => boolean,
    private readonly changed: () => void,
    private readonly failed: (error: Error) => void,
  ) {}

  start(): void {
    this.seen = 0;
    this.cutAfter = Math.floor(Math.random() * MOST_BETWEEN_CUTS);
    const socket = io(`${this.url()}/chat`, {
      auth: { token: this.person.token },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    this.socket = socket;
    socket.on('new_message', (message: WireMessage) => this.take(socket, [message]));
    socket.on('message_edited', (message: WireMessage) => this.change(message.id, message.message));
    socket.on('message_deleted', ({ message_id }: { message_id: string }) => this.change(message_id, ''));
    socket.on('connect_error', this.failed);
    socket.on('connect', () => {
      const after_seq = this.seqs.at(-1) ?? 0;
      socket.emit(
        'join_room',
        { room_id: this.room, after_seq },
        (answer: { data: Joined; error?: string }) => {
          if (answer.error === undefined) this.joined(socket, answer.data);
          else this.failed(new Error(`Joining was refused: ${answer.error}`));
        },
      );
      if (this.cutAfter === 0) this.cut(socket);
    });
  }

  stop(): void {
    this.socket?.disconnect();
  }

  private change(id: string, text: string): void {
    this.texts.set(id, text);
    this.changed();
  }

  private joined(socket: Socket, { messages, changes, has_more, changes_has_more }: Joined): void {
    if (socket !== this.socket) return;
    if (changes_has_more) this.failed(new Error('More was changed than this client reads'));
    for (const { id, message } of changes) this.texts.set(id, message);
    this.take(socket, messages);
    if (has_more) this.cut(socket);
  }

  private take(socket: Socket, messages: WireMessage[]): void {
    if (socket !== this.socket) return;
    for (const message of messages) {
      this.seqs.push(message.seq);
      this.texts.set(message.id, message.message);
    }
    this.seen += messages.length;
    if (this.cutAfter > 0 && this.seen >= this.cutAfter) this.cut(socket);
    this.changed();
  }

  /** Without a word to the server, as a tunnel does it; then comes back. */
  private cut(socket: Socket): void {
    if (socket !== this.socket || !this.mayCut()) return;
    this.cuts += 1;
    this.socket = undefined;
    const { engine } = socket.io;
    (engine.transport as unknown as { ws?: { terminate?(): void; close(): void } }).ws?.close();
    socket.disconnect();
    this.start();
  }
}

/** Edits messages of its own in turn, and now and then deletes one. @returns the id of one that says `SETTLED` in the end */
async function changeOwn(author: SocketClient, room: string, goesOn: () => boolean): Promise<string> {
  const send = async () =>
    (await author.must<WireMessage>('send_message', { room_id: room, message: 'to be changed' })).id;
  const settled = await send();
  const own: string[] = [];
  while (own.length < OWN) own.push(await send());
  for (let n = 1; goesOn(); n += 1) {
    const at = n % OWN;
    await author.must('edit_message', { message_id: own[at], message: `edited ${n}` });
    if (n % EDITS_TO_A_DELETION !== 0) continue;
    await author.must('delete_message', { message_id: own[at] });
    own[at] = await send();
  }
  await author.must('edit_message', { message_id: settled, message: SETTLED });
  return settled;
}

async function allTexts(person: Person, room: string, lastSeq: number): Promise<Map<string, string>> {
  const texts: [string, string][] = [];
  for (let after = 0; after < lastSeq; after += 100) {
    const page = await person.rest.get<Joined>(
      `/api/v1/chat/rooms/${room}/messages?after_seq=${after}&per_page=100`,
    );
    texts.push(...page.body.data.messages.map((message): [string, string] => [message.id, message.message]));
  }
  return new Map(texts.sort());
}

describe('resuming by sequence number', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({
      CHAT_MESSAGE_LIMIT: '1000000',
      SOCKETS_PER_USER: '1000',
      SOCKET_EVENTS_PER_SECOND: '100000',
      USER_EVENTS_PER_SECOND: '100000',
      PRESENCE_GRACE_MS: '5000',
    });
  });
  afterAll(() => world.stop());

  async function inDatabase<T>(sql: string, params: unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: world.server.database.url });
    await client.connect();
    const { rows } = await client.query(sql, params);
    await client.end();
    return rows as T[];
  }

  /** Holds a lock until the answer is called. */
  async function held(lock: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: world.server.database.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query(lock);
    return () => client.end();
  }

  /** Until so many connections wait for locks of others. */
  async function waitingForLock(count = 1): Promise<void> {
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    const until = Date.now() + PATIENCE_MS;
    while ((await inDatabase<{ n: number }>(waiting))[0]!.n < count)
      if (Date.now() > until) throw new Error('Nothing waits for a lock');
  }

  /** What someone who knows the room up to here is told, by its texts. */
  async function changesAfter(room: string, after_seq: number, person: Person): Promise<string[]> {
    const client = await world.socket(person);
    const { changes } = await client.must<Joined>('join_room', { room_id: room, after_seq });
    return changes.map(({ message }) => message);
  }

  it('answers up to 200 missed messages, tells of more, and REST has the rest', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [sender] = await world.joined(room, staff);
    for (let n = 1; n <= 203; n += 1) await sender!.must('send_message', { room_id: room, message: `${n}` });
    const client = await world.socket(customer);
    const first = await client.must<Joined>('join_room', { room_id: room, after_seq: 2 });
    expect(first.messages.map((message) => message.seq)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 3),
    );
    expect(first.has_more).toBe(true);
    const rest = await customer.rest.get<Joined>(`/api/v1/chat/rooms/${room}/messages?after_seq=202`);
    expect(rest.body.data.messages.map((message) => message.seq)).toEqual([203]);
    expect(rest.body.data.has_more).toBe(false);
    expect(client.of('new_message')).toEqual([]);
  });

  it('answers edits and deletions of messages that the client knows', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [sender] = await world.joined(room, staff);
    const sent: WireMessage[] = [];
    for (const message of ['kept', 'edited', 'deleted']) {
      sent.push(await sender!.must<WireMessage>('send_message', { room_id: room, message }));
    }
    await sender!.must('edit_message', { message_id: sent[1]!.id, message: 'edited twice' });
    await sender!.must('delete_message', { message_id: sent[2]!.id });
    const client = await world.socket(customer);
    const joined = await client.must<Joined>('join_room', { room_id: room, after_seq: 3 });
    expect(joined).toMatchObject({ messages: [], has_more: false, changes_has_more: false });
    expect(joined.changes).toEqual([
      expect.objectContaining({ id: sent[1]!.id, message: 'edited twice', deleted: false }),
      expect.objectContaining({ id: sent[2]!.id, message: '', deleted: true }),
    ]);
  });

  it('answers an edit that was under way while the last known message was stored', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [editor, sender] = await world.joined(room, staff, customer);
    const { id } = await editor!.must<WireMessage>('send_message', { room_id: room, message: 'before' });
    const release = await held('LOCK TABLE reactions IN ACCESS EXCLUSIVE MODE');
    const edit = editor!.ask('edit_message', { message_id: id, message: 'after' });
    await waitingForLock();
    const known = await sender!.must<WireMessage>('send_message', { room_id: room, message: 'known' });
    sender!.close();
    await release();
    expect(await edit).toMatchObject({ success: true });
    expect(await changesAfter(room, known.seq, customer)).toEqual(['after']);
  });

  it('answers a change by its place among the messages, whatever the clock of the database said', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [editor] = await world.joined(room, staff);
    const sent: WireMessage[] = [];
    for (const message of ['edited', 'deleted', 'known'])
      sent.push(await editor!.must<WireMessage>('send_message', { room_id: room, message }));
    await inDatabase(`UPDATE messages SET created_at = now() + interval '1 hour' WHERE id = $1`, [
      sent[2]!.id.replace('msg_', ''),
    ]);
    await editor!.must('edit_message', { message_id: sent[0]!.id, message: 'after' });
    await editor!.must('delete_message', { message_id: sent[1]!.id });
    expect(await changesAfter(room, 3, customer)).toEqual(['after', '']);
  });

  it('stores no message between the place of an edit and its commit', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [editor, sender] = await world.joined(room, staff, customer);
    const { id } = await editor!.must<WireMessage>('send_message', { room_id: room, message: 'before' });
    const order: string[] = [];
    const release = await held('LOCK TABLE message_edits IN EXCLUSIVE MODE');
    const edit = editor!
      .must('edit_message', { message_id: id, message: 'after' })
      .then(() => order.push('edited'));
    await waitingForLock();
    const send = sender!
      .must('send_message', { room_id: room, message: 'next' })
      .then(() => order.push('sent'));
    await waitingForLock(2);
    expect(order).toEqual([]);
    await release();
    await Promise.all([edit, send]);
    const places = await inDatabase<{ after_seq: string }>(
      'SELECT after_seq FROM message_changes WHERE message_id = $1',
      [id.replace('msg_', '')],
    );
    expect(places).toEqual([{ after_seq: '1' }]);
  });

  it('answers up to 200 changes, tells of more, and REST has the rest', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [sender] = await world.joined(room, staff);
    const sent: WireMessage[] = [];
    for (let n = 1; n <= 260; n += 1)
      sent.push(await sender!.must<WireMessage>('send_message', { room_id: room, message: `${n}` }));
    // The latest first: in which order they were changed does not matter.
    for (const { id, message } of [...sent].reverse())
      await sender!.must('edit_message', { message_id: id, message: `${message} edited` });
    const client = await world.socket(customer);
    const first = await client.must<Joined>('join_room', { room_id: room, after_seq: 260 });
    expect(first).toMatchObject({ messages: [], has_more: false, changes_has_more: true });
    const texts = first.changes.map(({ message }) => message);
    const last = first.changes.at(-1)!.seq;
    for (let page = 1, more = true; more; page += 1) {
      const query = `changed_after_seq=260&after_seq=${last}&per_page=25&page=${page}`;
      const { body } = await customer.rest.get<Joined>(`/api/v1/chat/rooms/${room}/messages?${query}`);
      texts.push(...body.data.messages.map(({ message }) => message));
      more = body.data.has_more;
    }
    expect(texts).toEqual(sent.map(({ message }) => `${message} edited`));
  });

  it('a number beyond the newest message counts as the newest: what follows is delivered', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [sender] = await world.joined(room, staff);
    const send = (message: string) => sender!.must<WireMessage>('send_message', { room_id: room, message });
    const first = await send('first');
    await sender!.must('edit_message', { message_id: first.id, message: 'edited' });
    const client = await world.socket(customer);
    const joined = await client.must<Joined>('join_room', { room_id: room, after_seq: 50 });
    expect(joined).toMatchObject({ messages: [], has_more: false, changes: [{ message: 'edited' }] });
    await send('second');
    await send('third');
    const heard = await client.waitForCount<WireMessage>('new_message', 2);
    expect(heard.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it(`is complete, in order and without repeats over ${CUTS} cuts in a stream of messages and changes`, async () => {
    const staff = world.person('staff');
    const authors = Array.from({ length: AUTHORS }, () => world.person());
    const people = Array.from({ length: READERS }, () => world.person());
    const room = await world.serviceRoom([staff, ...authors, ...people]);
    let cuts = 0;
    let lastSeq = Number.POSITIVE_INFINITY;
    let settled: string[] = [];
    let finished: () => void = () => undefined;
    let failed: (error: Error) => void = () => undefined;
    const done = new Promise<void>((resolve, reject) => {
      finished = resolve;
      failed = reject;
    });
    // Whoever awaits it hears of a failure; until then nobody does.
    done.catch(() => undefined);
    const hasAll = ({ seqs, texts }: Traveller): boolean =>
      seqs.at(-1) === lastSeq && settled.every((id) => texts.get(id) === SETTLED);
    const check = (): void => {
      if (travellers.every(hasAll)) finished();
    };
    const travellers = people.map(
      (person) =>
        new Traveller(
          () => world.url,
          person,
          room,
          () => cuts < CUTS && (cuts += 1) > 0,
          check,
          failed,
        ),
    );
    for (const traveller of travellers) traveller.start();
    const [sender, ...changing] = await world.joined(room, staff, ...authors);
    const goesOn = (): boolean => cuts < CUTS;
    const changes = Promise.all(changing.map((author) => changeOwn(author, room, goesOn)));
    changes.catch(failed);
    for (let n = 1; goesOn() && n < 5_000; n += 1)
      await sender!.must('send_message', { room_id: room, message: `text ${n}` });
    const ids = await changes;
    const last = await sender!.must<WireMessage>('send_message', { room_id: room, message: 'the end' });
    [lastSeq, settled] = [last.seq, ids];
    // Everyone may have it before its sender has the acknowledgement.
    check();
    await done;
    for (const traveller of travellers) traveller.stop();
    expect(travellers.reduce((sum, traveller) => sum + traveller.cuts, 0)).toBe(CUTS);
    const expected = Array.from({ length: last.seq }, (_, index) => index + 1);
    const stored = await allTexts(staff, room, last.seq);
    for (const traveller of travellers) {
      expect(traveller.seqs).toEqual(expected);
      expect(new Map([...traveller.texts].sort())).toEqual(stored);
    }
  }, 120_000);
});
