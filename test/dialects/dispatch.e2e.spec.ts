import { dialectFor, DISPATCH_TABLE } from '#libs/platform/dialects';
import { ANY_DIALECT, RealtimeServer, SocketEvents, type ChatSocket } from '#libs/platform/realtime';
import { ONE_NODE, World } from '../support/world.js';

const NAMESPACE = '/';
const message = { content: 'Hello' };
const [room_id, session_id, roomId] = ['service_1', 's-1', 'r-1'];

describe('the events of /', () => {
  let world: World;
  let router: SocketEvents;
  let spoken: readonly string[];
  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    router = world.server.app.get(SocketEvents);
    spoken = world.server.app.get(RealtimeServer).dialectsIn(NAMESPACE);
  });
  afterAll(() => world.stop());

  const dialectOf = (event: string, payload?: unknown): string =>
    router.dialectOf({ nsp: { name: NAMESPACE } } as ChatSocket, event, payload).name;
  /** Every event of every contract that is spoken here, with the payload that its documentation shows. */
  const routes = () =>
    [...router.table()].flatMap(([event, list]) =>
      list
        .filter(({ dialect }) => dialect !== ANY_DIALECT && spoken.includes(dialect))
        .map(({ dialect, metadata }) => ({ event, dialect, example: metadata.example })),
    );

  it('go, with the payload that its contract shows, to the contract that has them', () => {
    expect([...spoken].sort()).toEqual(['booking', 'marketplace', 'service', 'support', 'workspace']);
    expect(new Set(routes().map(({ dialect }) => dialect))).toEqual(new Set(spoken));
    const wrong = routes().filter(({ event, dialect, example }) => dialectOf(event, example) !== dialect);
    expect(wrong).toEqual([]);
  });

  it('are known to several contracts where their names are the same, and every line of the table is needed', () => {
    const names = routes().map(({ event }) => event);
    const several = new Set(names.filter((event, index) => names.indexOf(event) !== index));
    expect([...several].sort()).toEqual([
      'join_room',
      'leave_room',
      'mark_read',
      'send_message',
      'typing_start',
      'typing_stop',
    ]);
    const decided = routes().map(({ event, example }) =>
      DISPATCH_TABLE.find(
        (line) => spoken.includes(line.dialect) && line.fits(event, example as Record<string, unknown>),
      ),
    );
    expect(DISPATCH_TABLE.filter((line) => !decided.includes(line))).toEqual([]);
  });

  it.each<[event: string, payload: unknown, dialect: string]>([
    // The more general name of the room counts first, and a message that is an object before one that is text.
    ['send_message', { room_id, session_id, roomId, message }, 'service'],
    ['send_message', { room_id, session_id, content: 'Hello' }, 'service'],
    ['send_message', { room_id, message }, 'service'],
    ['send_message', { session_id, message, content: 'Hello' }, 'booking'],
    ['send_message', { session_id, roomId, message }, 'booking'],
    ['send_message', { session_id, message: [] }, 'booking'],
    ['send_message', { session_id, message: 'Hello', content: 'Hello' }, 'support'],
    ['send_message', { session_id, message: null, content: 'Hello' }, 'support'],
    ['send_message', { session_id, roomId, content: 'Hello' }, 'support'],
    ['send_message', { session_id }, 'support'],
    ['send_message', { roomId, message, content: 'Hello' }, 'workspace'],
    // By the name of the key: what it holds is judged by the contract, in its own words.
    ['send_message', { room_id: null, session_id, content: 'Hello' }, 'service'],
    ['send_message', { roomId: undefined, content: 'Hello' }, 'workspace'],
    ['join_room', { room_id, roomId }, 'service'],
    ['leave_room', { room_id, roomId }, 'service'],
    ['mark_read', { room_id, roomId, session_id }, 'service'],
    ['join_room', { session_id, roomId }, 'workspace'],
    ['typing_start', { room_id, session_id }, 'service'],
    ['typing_start', { session_id, roomId }, 'workspace'],
    ['typing_stop', { session_id }, 'booking'],
    ['typing_stop', undefined, 'booking'],
    ['typing_start', null, 'booking'],
    // Names of one contract alone are its own, whatever comes with them.
    ['join_session', { room_id, roomId }, 'support'],
    ['join_chat', { room_id }, 'booking'],
    ['message_reaction', { room_id, session_id }, 'booking'],
    ['edit_message', { session_id }, 'service'],
    ['chat-send-message', { room_id, session_id, message }, 'marketplace'],
    // Names of none: told in the words of whoever the payload is like.
    ['nonsense', { room_id, session_id }, 'service'],
    ['nonsense', { session_id, message }, 'booking'],
    ['nonsense', { session_id }, 'support'],
    ['nonsense', { roomId }, 'workspace'],
    ['chat-nonsense', { room_id }, 'marketplace'],
  ])('%s %j, which fits several, is for %s alone', (event, payload, dialect) => {
    expect(dialectOf(event, payload)).toBe(dialect);
  });

  it.each<[event: string, payload?: unknown]>([
    ...['send_message', 'join_room', 'leave_room', 'mark_read', 'nonsense'].flatMap((event) =>
      [undefined, null, {}, [], 'text', 7, true, [{ room_id }], { content: 'Hello' }, { message }].map(
        (payload): [string, unknown] => [event, payload],
      ),
    ),
    ['join_room', { session_id }],
    ['mark_read', { session_id, message }],
    ['typing_start', {}],
    ['typing_stop', { message }],
    ['send_message', Object.create({ room_id })],
    ['send_message', Object.create({ session_id, roomId })],
  ])('%s %j, which fits none, is answered in the canonical one', (event, payload) => {
    expect(dialectOf(event, payload)).toBe('service');
  });

  it('go to one that knows them, where the canonical one does not', () => {
    expect(dialectFor('send_message', {}, ['support', 'booking'])).toBe('support');
    expect(dialectFor('send_message', { room_id }, ['workspace', 'booking'])).toBe('workspace');
  });
});
