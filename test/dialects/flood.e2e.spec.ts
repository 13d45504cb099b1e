import type { Answer } from '../support/socket-client.js';
import { World } from '../support/world.js';

/** More than one a second, with bursts of two, lets pass. */
const EVENTS = 20;
const PATIENCE_MS = 15_000;

interface Flood {
  dialect: string;
  namespace: string;
  event: string;
  payload: object;
  code: string;
  /** The error event of the document, with what it tells of the code. */
  told: [string, object];
}

const ROOM = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';

const FLOODS: Flood[] = [
  {
    dialect: 'service',
    namespace: '/chat',
    event: 'typing_start',
    payload: { room_id: ROOM },
    code: 'RATE_LIMITED',
    told: ['message_error', { error_code: 'RATE_LIMITED' }],
  },
  {
    dialect: 'service',
    namespace: '/',
    event: 'typing_start',
    payload: { room_id: ROOM },
    code: 'RATE_LIMITED',
    told: ['message_error', { error_code: 'RATE_LIMITED' }],
  },
  {
    dialect: 'support',
    namespace: '/',
    event: 'send_message',
    payload: { session_id: ROOM, content: 'Hello' },
    code: 'RATE_LIMITED',
    told: ['error', { code: 'RATE_LIMITED' }],
  },
  {
    dialect: 'booking',
    namespace: '/',
    event: 'send_message',
    payload: { session_id: ROOM, message: { content: 'Hello', type: 'text' } },
    code: 'RATE_LIMIT_EXCEEDED',
    told: ['error', { success: false, code: 'RATE_LIMIT_EXCEEDED' }],
  },
  {
    dialect: 'workspace',
    namespace: '/',
    event: 'send_message',
    payload: { roomId: ROOM, content: 'Hello' },
    code: 'RATE_LIMITED',
    told: ['message_error', { code: 'RATE_LIMITED' }],
  },
  {
    dialect: 'marketplace',
    namespace: '/',
    event: 'chat-send-message',
    payload: { conversationId: ROOM, content: 'Hello' },
    code: 'RATE_LIMITED',
    told: ['chat-error', { code: 'RATE_LIMITED' }],
  },
];

describe('too many socket events a second', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ SOCKET_EVENTS_PER_SECOND: '1' })));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it.each(FLOODS)(
    'are refused with $code in the $dialect contract on $namespace',
    async ({ namespace, event, payload, code, told: [errorEvent, shown] }) => {
      const socket = await world.socket(world.person(), { namespace });
      const patient = socket.socket.timeout(PATIENCE_MS);
      const answers = (await Promise.all(
        Array.from({ length: EVENTS }, () => patient.emitWithAck(event, payload)),
      )) as Answer[];
      const refused = answers.filter(({ error }) => error?.includes('Too many events'));
      expect(refused).not.toEqual([]);
      for (const answer of refused) expect(answer).toMatchObject({ success: false, code });
      expect(socket.of<{ message: string }>(errorEvent)).toContainEqual(
        expect.objectContaining({ ...shown, event }),
      );
    },
  );
});
