import { World } from '../support/world.js';
import { runExample } from './run-example.js';

describe('examples/support', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('runs as a customer, and then as the agent who takes that session', async () => {
    const customer = world.person('customer', { name: 'First Customer' });
    const first = await runExample('support', { URL: world.url, TOKEN: customer.token });
    expect(first).toMatchObject({ code: 0, problem: '' });
    for (const line of [
      /^session: [0-9a-f-]{36}, waiting$/m,
      /^session_joined: 1 messages, First Customer$/m,
      /^ {2}First Customer: My order is delayed$/m,
      /^message_sent: /m,
      /^new_message: First Customer: Hello$/m,
      /^new_message: receipt\.txt$/m,
      /^Messages marked as read$/m,
      /^history: 3 messages$/m,
      /^session: waiting, 0 unread$/m,
    ])
      expect(first.out).toMatch(line);

    const agent = world.person('agent', { name: 'Mike Johnson' });
    const second = await runExample('support', { URL: world.url, TOKEN: agent.token });
    expect(second).toMatchObject({ code: 0, problem: '' });
    for (const line of [
      /^chat_accepted: Mike Johnson has "Need help with order"$/m,
      /^session_joined: 3 messages, First Customer, Mike Johnson$/m,
      /^history: 5 messages$/m,
      /^session: active, 0 unread$/m,
      new RegExp(`^chat_closed: by ${agent.id}$`, 'm'),
    ])
      expect(second.out).toMatch(line);
  });

  it('says what is wrong, and ends with 1', async () => {
    const agent = world.person('agent');
    const answer = await runExample('support', { URL: world.url, TOKEN: agent.token, SESSION: 'nowhere' });
    expect(answer).toMatchObject({ code: 1, problem: 'error: This room does not exist.\n' });
    expect(await runExample('support', { URL: world.url })).toMatchObject({
      code: 1,
      problem: expect.stringContaining('TOKEN is missing'),
    });
  });
});
