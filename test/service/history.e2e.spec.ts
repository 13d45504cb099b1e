import { World, type Person } from '../support/world.js';
import { history, messagesPath, post, refusal, sql, texts } from './helpers.js';

const COUNT = 25;
const range = (from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => `m${from + n}`);

describe('history', () => {
  let world: World;
  let customer: Person;
  let staff: Person;
  let room: string;
  /** Time of a message, as the API shows it. */
  const timeOf: Record<string, string> = {};
  beforeAll(async () => {
    world = await World.start();
    [customer, staff] = [world.person(), world.person('staff')];
    room = await world.serviceRoom([customer, staff]);
    for (let n = 1; n <= COUNT; n += 1)
      await post(n % 5 === 0 ? staff : customer, room, `m${n}`, {
        message_type: n % 5 === 0 ? 'status_update' : 'text',
      });
    // One a second, each with the microseconds that PostgreSQL keeps and the API does not show.
    await sql(
      world,
      `UPDATE messages SET created_at = timestamptz '2024-01-15T14:30:00.000456Z' + seq * interval '1 second'
       WHERE room_id = (SELECT id FROM rooms WHERE key = $1)`,
      [room],
    );
    for (const { message, timestamp } of (await history(customer, room)).messages)
      timeOf[message] = timestamp;
  });
  afterAll(() => world.stop());

  const page = (query = '') => history(customer, room, query);
  const shown = async (query: string) => texts(await page(query));

  it('page 1 is the newest slice, oldest first inside, with totals', async () => {
    const first = await page('?page=1&per_page=10');
    expect(texts(first)).toEqual(range(16, 25));
    expect(first.pagination).toEqual({
      page: 1,
      per_page: 10,
      total: 25,
      pages: 3,
      has_next: true,
      has_prev: false,
    });
    const second = await page('?page=2&per_page=10');
    expect(texts(second)).toEqual(range(6, 15));
    expect(second.pagination).toMatchObject({ has_next: true, has_prev: true });
    const third = await page('?page=3&per_page=10');
    expect(texts(third)).toEqual(range(1, 5));
    expect(third.pagination).toEqual({
      page: 3,
      per_page: 10,
      total: 25,
      pages: 3,
      has_next: false,
      has_prev: true,
    });
    const beyond = await page('?page=4&per_page=10');
    expect(texts(beyond)).toEqual([]);
    expect(beyond.pagination).toMatchObject({ total: 25, has_next: false });
    expect(texts(await page('?page=1000000&per_page=100'))).toEqual([]);
  });

  it('has 50 a page unless told, 100 at most', async () => {
    const whole = await page();
    expect(whole.pagination).toMatchObject({ page: 1, per_page: 50, total: 25, pages: 1 });
    expect(texts(whole)).toEqual(range(1, 25));
    expect((await page('?per_page=100')).pagination.per_page).toBe(100);
    for (const query of [
      '?per_page=101',
      '?per_page=0',
      '?page=0',
      '?page=-1',
      '?page=1.5',
      '?page=two',
      '?page=99999999999999999999',
      '?before=yesterday',
      '?after=2024-13-45',
      '?message_type=gif',
      '?after_seq=x',
      '?before_seq=-1',
    ])
      expect([query, refusal(await customer.rest.get(messagesPath(room, query)))]).toEqual([
        query,
        [400, 'VALIDATION_ERROR'],
      ]);
  });

  it('before and after a time leave out the message of that very time', async () => {
    expect(await shown(`?before=${timeOf.m10}`)).toEqual(range(1, 9));
    expect(await shown(`?after=${timeOf.m10}`)).toEqual(range(11, 25));
    expect(await shown(`?after=${timeOf.m10}&before=${timeOf.m20}`)).toEqual(range(11, 19));
    const paged = await page(`?before=${timeOf.m20}&per_page=5&page=2`);
    expect(texts(paged)).toEqual(range(10, 14));
    expect(paged.pagination).toEqual({
      page: 2,
      per_page: 5,
      total: 19,
      pages: 4,
      has_next: true,
      has_prev: true,
    });
    expect(await shown('?before=2020-01-01')).toEqual([]);
    expect(await shown(`?after=${encodeURIComponent('2024-01-15T15:30:20+01:00')}`)).toEqual(range(21, 25));
  });

  it('filters by type', async () => {
    const updates = await page('?message_type=status_update&per_page=2');
    expect(texts(updates)).toEqual(['m20', 'm25']);
    expect(updates.pagination).toMatchObject({ total: 5, pages: 3, has_next: true });
    expect(await shown('?message_type=image')).toEqual([]);
  });

  it('searches the content, whatever its case, and takes % and _ as they are', async () => {
    const found = await page('?search=M2&per_page=3');
    expect(texts(found)).toEqual(['m23', 'm24', 'm25']);
    expect(found.pagination.total).toBe(7);
    expect(await shown('?search=m2&message_type=status_update')).toEqual(['m20', 'm25']);
    for (const search of ['%25', 'm_', '\\', "'"]) expect(await shown(`?search=${search}`)).toEqual([]);
  });

  it('after_seq answers what follows, oldest first; before_seq what came before', async () => {
    expect(await shown('?after_seq=20')).toEqual(range(21, 25));
    const missed = await page('?after_seq=5&per_page=10');
    expect(texts(missed)).toEqual(range(6, 15));
    expect(missed).toMatchObject({ has_more: true, last_seq: 25 });
    expect(await page('?after_seq=15&per_page=10')).toMatchObject({ has_more: false });
    expect(await shown('?after_seq=25')).toEqual([]);
    expect(await shown('?after_seq=0&per_page=3')).toEqual(range(1, 3));
    const older = await page('?before_seq=10&per_page=4');
    expect(texts(older)).toEqual(range(6, 9));
    expect(older.has_more).toBe(true);
    expect(await page('?before_seq=5&per_page=4')).toMatchObject({ has_more: false });
    expect(await shown('?before_seq=1')).toEqual([]);
    expect(await shown('?before_seq=9999')).toEqual(range(1, 25));
    expect(await shown('?after_seq=5&before_seq=9')).toEqual(range(6, 8));
    expect(await shown('?after_seq=15&message_type=status_update')).toEqual(['m20', 'm25']);
    const paging = async (query: string) => (await page(query)).pagination;
    expect(await paging('?after_seq=20&per_page=2&page=3')).toMatchObject({
      total: 5,
      pages: 3,
      has_next: false,
    });
    expect(await paging('?after_seq=20&per_page=2')).toMatchObject({ total: 5, pages: 3, has_next: true });
    expect(await paging('?before_seq=10&per_page=5')).toMatchObject({ total: 9, pages: 2, has_next: true });
    expect(await paging('?after_seq=99')).toMatchObject({ total: 0, has_next: false });
    expect(await shown('?before_seq=15&message_type=status_update')).toEqual(['m5', 'm10']);
  });
});
