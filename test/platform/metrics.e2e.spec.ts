import { ONE_NODE, World, type Person } from '../support/world.js';

describe('metrics', () => {
  let world: World;
  let [customer, staff]: Person[] = [];
  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
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

  it('count connections, messages, deliveries, events and their time', async () => {
    const room = await world.serviceRoom([customer as Person, staff as Person]);
    expect(await figure('switchboard_connections')).toBe(0);
    const [a, b] = await world.joined(room, customer as Person, staff as Person);
    expect(await figure('switchboard_connections')).toBe(2);
    for (const message of ['one', 'two', 'three']) await a!.must('send_message', { room_id: room, message });
    await b!.waitForCount('new_message', 3);
    expect(await figure('switchboard_messages_total', 'type="text"')).toBe(3);
    expect(await figure('switchboard_deliveries_total', 'event="new_message"')).toBe(6);
    expect(await figure('switchboard_message_send_seconds_count')).toBeGreaterThanOrEqual(3);
    expect(await figure('switchboard_message_send_seconds_sum')).toBeGreaterThan(0);
    expect(await figure('switchboard_socket_events_total', 'event="send_message",outcome="ok"')).toBe(3);
    expect(await figure('switchboard_http_request_seconds_count', 'method="PUT",status="200"')).toBe(1);
  });

  it('name neither events that clients invent nor people', async () => {
    const client = await world.socket(customer as Person);
    for (const event of ['invented_1', 'invented_2']) await client.ask(event);
    expect(await figure('switchboard_socket_events_total', 'event="unknown",outcome="NOT_FOUND"')).toBe(2);
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
