import fc from 'fast-check';
import '../../apps/api/src/app.module.js';
import { dialectFor, DISPATCH_TABLE } from '#libs/platform/dialects';

/** The table as it stood in one place, before each dialect declared what it recognises. */
type Payload = Record<string, unknown> | undefined;
const had = (payload: Payload, key: string): boolean => payload !== undefined && Object.hasOwn(payload, key);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const FORMER: readonly { dialect: string; fits(event: string, payload: Payload): boolean }[] = [
  { dialect: 'marketplace', fits: (event) => event.startsWith('chat-') },
  { dialect: 'service', fits: (_event, payload) => had(payload, 'room_id') },
  { dialect: 'booking', fits: (_event, payload) => had(payload, 'session_id') && isObject(payload?.message) },
  { dialect: 'support', fits: (_event, payload) => had(payload, 'session_id') },
  { dialect: 'workspace', fits: (_event, payload) => had(payload, 'roomId') },
  {
    dialect: 'booking',
    fits: (event, payload) =>
      event.startsWith('typing_') && (payload === undefined || had(payload, 'session_id')),
  },
];

function formerly(event: string, payload: unknown, candidates: readonly string[]): string {
  const object = isObject(payload) && !Array.isArray(payload) ? (payload as Payload) : undefined;
  const line = FORMER.find((one) => candidates.includes(one.dialect) && one.fits(event, object));
  if (line) return line.dialect;
  return candidates.includes('service') ? 'service' : (candidates[0] as string);
}

const DIALECTS = ['service', 'support', 'workspace', 'booking', 'marketplace'];
const events = fc.oneof(
  fc.constantFrom(
    'send_message',
    'join_room',
    'typing_start',
    'typing_stop',
    'chat-send-message',
    'nonsense',
  ),
  fc.string(),
);
const values = fc.oneof(
  fc.constantFrom<unknown>('text', '', null, undefined, 7, true, [], {}, ['text'], { content: 'text' }),
  fc.anything(),
);
const payloads = fc.oneof(
  fc.record(
    {
      room_id: values,
      session_id: values,
      roomId: values,
      conversationId: values,
      message: values,
      content: values,
    },
    { requiredKeys: [] },
  ),
  values,
);
const candidates = fc.subarray(DIALECTS, { minLength: 1 });

describe('what the declarations recognise', () => {
  it('is in the order of the former table', () => {
    expect(DISPATCH_TABLE.map(({ dialect }) => dialect)).toEqual(FORMER.map(({ dialect }) => dialect));
  });

  it('decides every event as the former table did, whichever dialects know it', () => {
    fc.assert(
      fc.property(events, payloads, candidates, (event, payload, known) => {
        expect(dialectFor(event, payload, known)).toBe(formerly(event, payload, known));
      }),
      { numRuns: 5_000 },
    );
  });
});
