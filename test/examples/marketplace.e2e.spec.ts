import { World } from '../support/world.js';
import { runExample } from './run-example.js';

describe('examples/marketplace', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('writes as a customer, and answers as the provider', async () => {
    const customer = world.person('customer', { name: 'Ann' });
    const provider = world.person('provider', { name: 'Shiny Wash' });
    const order = { URL: world.url, ORDER: '123' };
    const first = await runExample('marketplace', {
      ...order,
      TOKEN: customer.token,
      USER_ID: customer.id,
      PROVIDER: provider.id,
    });
    expect([first.code, first.problem]).toEqual([0, '']);
    for (const line of [
      `chat-authenticated: as ${customer.id}`,
      'conversation: ACTIVE, order 123, 0 unread',
      'chat-new-message: Hello, how can I help you? (SENT)',
      'history: Hello, how can I help you? (SENT)',
      'online: 0, typing: 0',
      'conversations: 1, 0 unread in the newest',
    ])
      expect(first.out.split('\n')).toContain(line);
    const second = await runExample('marketplace', {
      ...order,
      TOKEN: provider.token,
      USER_ID: provider.id,
      CUSTOMER: customer.id,
    });
    expect([second.code, second.problem]).toEqual([0, '']);
    for (const line of [
      'conversation: ACTIVE, order 123, 1 unread',
      '  Ann: Hello, how can I help you?',
      'history: Hello, how can I help you? (READ)',
      'history: Hello, how can I help you? (SENT)',
    ])
      expect(second.out.split('\n')).toContain(line);
  });

  it('says what went wrong, and ends with 1', async () => {
    const env = { URL: world.url, TOKEN: world.person('customer').token, USER_ID: '1', PROVIDER: '2' };
    expect(await runExample('marketplace', env)).toMatchObject({
      code: 1,
      problem: expect.stringContaining('UNAUTHORIZED'),
    });
    expect(await runExample('marketplace', { URL: world.url })).toMatchObject({
      code: 1,
      problem: expect.stringContaining('TOKEN'),
    });
  });
});
