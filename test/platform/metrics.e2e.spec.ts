import { eventually } from '../support/process.js';
import { ONE_NODE, World, type Person } from '../support/world.js';

describe('metrics', () => {
  let world: World;
  let [customer, staff]: Person[] = [];
  beforeAll(async () => {
    world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '100000' }, ONE_NODE);
    [customer, staff] = [world.person('customer'), world.person('staff')];
  });
  afterAll(() => world.stop());

  /** Sum of a figure over its labels; undefined where there is no such figure. */
  async function figure(name: string, labels = ''): Promise<number | undefined> {
    const response = await fetch(`${world.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const values = (await response.text())
      .split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .filter((line) => line.includes(labels))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  }

  /** Figures are up to a second old. */
  const becomes = (name: string, expected: number, labels = ''): Promise<void> =>
    eventually(`${name} is ${expected}`, async () => (await figure(name, labels)) === expected);

  it('count connections, messages, deliveries, events and their time', async () => {
    const room = await world.serviceRoom([customer as Person, staff as Person]);
    await becomes('switchboard_connections', 0);
    const [a, b] = await world.joined(room, customer as Person, staff as Person);
    await becomes('switchboard_connections', 2);
    for (const message of ['one', 'two', 'three']) await a!.must('send_message', { room_id: room, message });
    await b!.waitForCount('new_message', 3);
    await becomes('switchboard_messages_total', 3, 'type="text"');
    await becomes('switchboard_deliveries_total', 6, 'event="new_message"');
    expect(await figure('switchboard_message_send_seconds_count')).toBeGreaterThanOrEqual(3);
    expect(await figure('switchboard_message_send_seconds_sum')).toBeGreaterThan(0);
    await becomes('switchboard_socket_events_total', 3, 'event="send_message",outcome="ok"');
    expect(await figure('switchboard_http_request_seconds_count', 'method="PUT",status="200"')).toBe(1);
  });

  it('name neither events that clients invent nor people', async () => {
    const client = await world.socket(customer as Person);
    for (const event of ['invented_1', 'invented_2']) await client.ask(event);
    await becomes('switchboard_socket_events_total', 2, 'event="unknown",outcome="NOT_FOUND"');
    const text = await (await fetch(`${world.url}/metrics`)).text();
    expect(text).not.toContain('invented');
    expect(text).not.toContain((customer as Person).name);
  });

  it.each([
    'switchboard_database_pool_connections',
    'switchboard_database_pool_idle',
    'switchboard_database_pool_waiting',
    'nodejs_eventloop_lag_seconds',
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'nodejs_gc_duration_seconds_count',
  ])('tell %s', async (name) => expect(await figure(name)).toBeGreaterThanOrEqual(0));
});
