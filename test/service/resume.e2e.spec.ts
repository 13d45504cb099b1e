import { io, type Socket } from 'socket.io-client';
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
}

const READERS = 10;
const CUTS = 1_000;
/** A cut comes when so many messages were seen since the last one: 0 is right after asking to join. */
const MOST_BETWEEN_CUTS = 6;

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
    socket.on('message_edited', (message: WireMessage) => this.texts.set(message.id, message.message));
    socket.on('message_deleted', ({ message_id }: { message_id: string }) => this.texts.set(message_id, ''));
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

  private joined(socket: Socket, { messages, changes, has_more }: Joined): void {
    if (socket !== this.socket) return;
    for (const change of changes) this.texts.set(change.id, change.message);
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
      PRESENCE_GRACE_MS: '5000',
    });
  });
  afterAll(() => world.stop());

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
    const { messages, changes } = await client.must<Joined>('join_room', { room_id: room, after_seq: 3 });
    expect(messages).toEqual([]);
    expect(changes).toEqual([
      expect.objectContaining({ id: sent[1]!.id, message: 'edited twice', deleted: false }),
      expect.objectContaining({ id: sent[2]!.id, message: '', deleted: true }),
    ]);
  });

  it(`is complete, in order and without repeats over ${CUTS} cuts in a stream of messages`, async () => {
    const staff = world.person('staff');
    const people = Array.from({ length: READERS }, () => world.person());
    const room = await world.serviceRoom([staff, ...people]);
    let cuts = 0;
    let lastSeq = Number.POSITIVE_INFINITY;
    let finished: () => void = () => undefined;
    let failed: (error: Error) => void = () => undefined;
    const done = new Promise<void>((resolve, reject) => {
      finished = resolve;
      failed = reject;
    });
    // Whoever awaits it hears of a failure; until then nobody does.
    done.catch(() => undefined);
    const check = (): void => {
      if (travellers.every((traveller) => traveller.seqs.at(-1) === lastSeq)) finished();
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
    const [sender] = await world.joined(room, staff);
    const sent: WireMessage[] = [];
    while (cuts < CUTS && sent.length < 5_000) {
      sent.push(
        await sender!.must<WireMessage>('send_message', { room_id: room, message: `text ${sent.length}` }),
      );
      const target = sent[Math.floor(Math.random() * sent.length)] as WireMessage;
      if (sent.length % 7 === 0) {
        const answer = await sender!.ask('edit_message', {
          message_id: target.id,
          message: `edited ${sent.length}`,
        });
        if (!answer.success) expect(answer.code).toBe('MESSAGE_NOT_FOUND');
      }
      if (sent.length % 13 === 0) await sender!.must('delete_message', { message_id: target.id });
    }
    const last = await sender!.must<WireMessage>('send_message', { room_id: room, message: 'the end' });
    lastSeq = last.seq;
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
  }, 60_000);
});
