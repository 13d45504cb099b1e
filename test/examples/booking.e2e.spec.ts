import { people, putBooking } from '../dialects/booking/support.js';
import { World } from '../support/world.js';
import { runExample } from './run-example.js';

describe('examples/booking', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  const run = (env: Record<string, string>) => runExample('booking', { URL: world.url, ...env });

  it('talks in the session of a booking', async () => {
    const { client, reader } = people(world);
    await reader.rest.get('/api/chat/sessions');
    const booking = await putBooking(world, [client, reader]);
    const { code, out, problem } = await run({ TOKEN: client.token, BOOKING: booking });
    expect([code, problem]).toEqual([0, '']);
    for (const line of [
      'authenticated: Sarah Johnson, client',
      'Chat session created successfully',
      'Message sent successfully',
      'new_message: Sarah Johnson: Hello, I need help with my reading',
      'message_reaction_update: Sarah Johnson reacted with ❤️',
      'new_message: Sarah Johnson: Voice message, 1 s of wav',
      'Voice note uploaded successfully',
      'history: 2 messages, more: false',
      '  Sarah: Hello, I need help with my reading',
      'sessions: 1, 0 unread in the newest',
    ])
      expect(out.split('\n')).toContain(line);
    expect(out).toMatch(/^session: booking, active, with .*Samia \(reader\)/m);
    const answer = await run({ TOKEN: reader.token, BOOKING: booking });
    expect(answer.code).toBe(0);
    expect(answer.out.split('\n')).toEqual(
      expect.arrayContaining([
        'Chat session already exists',
        'history: 4 messages, more: false',
        'Message marked as read',
        'sessions: 1, 0 unread in the newest',
      ]),
    );
  });

  it('talks to a person, and to support', async () => {
    const { client } = people(world);
    const direct = await run({ TOKEN: client.token, PEER: 'reader1' });
    expect([direct.code, direct.problem]).toEqual([0, '']);
    expect(direct.out).toMatch(/^session: general, active/m);
    const support = await run({ TOKEN: client.token });
    expect([support.code, support.problem]).toEqual([0, '']);
    expect(support.out).toMatch(/^session: support, active/m);
  });

  it('says what went wrong, and ends with 1', async () => {
    const { client } = people(world);
    expect(await run({ TOKEN: client.token, SESSION: 'nowhere' })).toMatchObject({
      code: 1,
      problem: expect.stringContaining('SESSION_NOT_FOUND'),
    });
    expect(await run({ TOKEN: 'not.a.token' })).toMatchObject({
      code: 1,
      problem: expect.stringContaining('auth_error'),
    });
    expect(await run({})).toMatchObject({ code: 1, problem: expect.stringContaining('TOKEN') });
  });
});
