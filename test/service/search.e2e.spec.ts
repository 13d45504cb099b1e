import pg from 'pg';
import { World, type Person } from '../support/world.js';

interface Found {
  id: string;
  room_id: string;
  message: string;
  highlights: { text: string; match: boolean }[];
  timestamp: string;
}
interface Result {
  messages: Found[];
  pagination: { total: number; has_next: boolean };
}

describe('searching messages', () => {
  let world: World;
  let [customer, staff, outsider] = [] as unknown as [Person, Person, Person];
  let room = '';
  beforeAll(async () => {
    world = await World.start();
    [customer, staff, outsider] = [world.person(), world.person('staff'), world.person()];
    room = await world.serviceRoom([customer, staff]);
    for (const message of [
      'Die Brèmse quietscht, bitte prüfen',
      'The brake service is complete',
      'service of the brake tomorrow',
      'nothing of interest 100%_\\',
      "it's o'clock",
    ]) {
      await say(customer, message);
    }
    await say(staff, 'staff speaks of brakes');
  });
  afterAll(() => world.stop());

  const say = async (person: Person, message: string, to = room): Promise<void> => {
    const answer = await person.rest.post(`/api/v1/chat/rooms/${to}/messages`, { message });
    expect(answer.body.success).toBe(true);
  };
  const search = async (person: Person, q: string, more = ''): Promise<Found[]> => {
    const answer = await person.rest.get<Result>(`/api/v1/chat/search?q=${encodeURIComponent(q)}${more}`);
    expect(answer.body).toMatchObject({ success: true });
    return answer.body.data.messages;
  };
  const texts = async (person: Person, q: string, more = ''): Promise<string[]> =>
    (await search(person, q, more)).map((found) => found.message);

  it('finds words by their beginnings, without regard to accents and case, newest first', async () => {
    expect(await texts(customer, 'BRAKE')).toEqual([
      'staff speaks of brakes',
      'service of the brake tomorrow',
      'The brake service is complete',
    ]);
    expect(await texts(customer, 'bremse')).toEqual(['Die Brèmse quietscht, bitte prüfen']);
    expect(await texts(customer, 'prufen quiet')).toHaveLength(1);
    expect(await texts(customer, 'rake')).toEqual([]);
  });

  it('finds quoted phrases as they stand', async () => {
    expect(await texts(customer, '"brake service"')).toEqual(['The brake service is complete']);
    expect(await texts(customer, '"brake service" comp')).toHaveLength(1);
    expect(await texts(customer, '"service brake"')).toEqual([]);
  });

  it('marks what matches, in parts that make up the text', async () => {
    const [found] = await search(customer, 'serv compl');
    expect(found?.highlights).toEqual([
      { text: 'The brake ', match: false },
      { text: 'service', match: true },
      { text: ' is ', match: false },
      { text: 'complete', match: true },
    ]);
  });

  it.each([
    ['“brakecurly” pads', 'brakecurly', '“[brakecurly]” pads'],
    ['„Brèmsequote“ und «xylem»', 'bremsequote xylem', '„[Brèmsequote]“ und «[xylem]»'],
    ['hidden—dashed…dotted', 'dashed dotted', 'hidden—[dashed]…[dotted]'],
    ['nbsp\u00a0spaced 😀smiled👍🏽', 'spaced smiled', 'nbsp\u00a0[spaced] 😀[smiled]👍🏽'],
    ['Rock’n’rollers', 'roll', 'Rock’n’[rollers]'],
    ['Rock’n’rollers', "rock'n'roll", '[Rock’n’rollers]'],
    [
      'front/brakeslash and/orwell ok.brakedot',
      'brakeslash orwell brakedot',
      'front/[brakeslash] and/[orwell] ok.[brakedot]',
    ],
    ['see https://garage.example/pads?id=7', 'garage pads', 'see https://[garage].example/[pads]?id=7'],
    ['mail jo.doe@garage.example', 'doe garage', 'mail jo.[doe]@[garage].example'],
    ['a List<Strings> b', 'string', 'a List<[Strings]> b'],
    ['at Café2', 'cafe2', 'at [Café2]'],
    ['Тормоза СКРИПЯТ', 'тормоза скрипят', '[Тормоза] [СКРИПЯТ]'],
    ['我的刹车坏了', '刹车', '我的[刹车]坏了'],
    ['\ue000marker\ue001 and \ue001marker', 'marker', '\ue000[marker]\ue001 and \ue001[marker]'],
    ['The “tall – brake”', '"tall brake"', 'The “[tall – brake]”'],
    ['The “tall – brake”', '“TALL brake”', 'The “[tall – brake]”'],
  ])('finds in %j the words %j', async (message, q, marked) => {
    const writer = world.person();
    await say(writer, message, await world.serviceRoom([writer]));
    const found = await search(writer, q);
    const shown = found.map(({ highlights }) =>
      highlights.map((part) => (part.match ? `[${part.text}]` : part.text)).join(''),
    );
    expect(shown).toEqual([marked]);
  });

  it('filters by sender, time and room, and pages', async () => {
    expect(await texts(customer, 'brake', `&sender_id=${staff.id}`)).toEqual(['staff speaks of brakes']);
    expect(await texts(customer, 'brake', '&date_to=2001-01-01')).toEqual([]);
    expect(await texts(customer, 'brake', '&date_from=2001-01-01&message_type=text')).toHaveLength(3);
    // A day holds all of its messages, and a time the message that bears it.
    const today = new Date().toISOString().slice(0, 10);
    expect(await texts(customer, 'brake', `&date_from=${today}&date_to=${today}`)).toHaveLength(3);
    const [newest] = (await customer.rest.get<Result>(`/api/v1/chat/search?q=brake`)).body.data.messages;
    expect(await texts(customer, 'brake', `&date_to=${newest!.timestamp}`)).toContain(newest!.message);
    const other = await world.serviceRoom([customer]);
    await say(customer, 'brake elsewhere', other);
    expect(await texts(customer, 'brake', `&room_ids=${other}`)).toEqual(['brake elsewhere']);
    expect(await texts(customer, 'brake', `&room_ids[]=${other}&room_ids[]=${room}`)).toHaveLength(4);
    const page = await customer.rest.get<Result>(
      `/api/v1/chat/search?q=brake&room_ids=${room}&per_page=2&page=2`,
    );
    expect(page.body.data.messages.map((found) => found.message)).toEqual(['The brake service is complete']);
    expect(page.body.data.pagination).toMatchObject({ total: 3, has_next: false });
  });

  it('sees only rooms that the one who asks may see', async () => {
    const foreign = await world.serviceRoom([outsider]);
    await say(outsider, 'brake of a stranger', foreign);
    expect(await texts(customer, 'stranger')).toEqual([]);
    expect(await texts(customer, 'stranger', `&room_ids=${foreign}`)).toEqual([]);
    expect(await texts(customer, 'brake', '&room_ids=service_unknown')).toEqual([]);
    const admin = world.person('admin');
    expect(await texts(admin, 'stranger')).toEqual([]);
    expect(await texts(admin, 'stranger', `&room_ids=service_unknown,${foreign}`)).toHaveLength(1);
    expect(await texts(admin, 'stranger', '&room_ids=service_unknown')).toEqual([]);
    expect(await texts(admin, 'stranger', `&room_ids=${foreign}`)).toEqual(['brake of a stranger']);
    await say(admin, 'announcement xylophone', 'broadcast_all');
    const colleague = await world.socket(staff);
    await colleague.must('join_room', { room_id: 'internal_music' });
    await say(staff, 'internal xylophone', 'internal_music');
    expect(await texts(customer, 'xylophone')).toEqual(['announcement xylophone']);
    expect(await texts(world.person('agent'), 'xylophone')).toEqual([
      'internal xylophone',
      'announcement xylophone',
    ]);
  });

  it('forgets what someone left, and what was deleted or said before an edit', async () => {
    const left = await world.serviceRoom([customer, staff]);
    await say(staff, 'umbrella', left);
    await customer.rest.post(`/api/v1/chat/rooms/${left}/leave`);
    expect(await texts(customer, 'umbrella')).toEqual([]);
    const [found] = await search(staff, 'umbrella');
    await staff.rest.patch(`/api/v1/chat/messages/${found?.id}`, { message: 'parasol' });
    expect(await texts(staff, 'umbrella')).toEqual([]);
    expect(await texts(staff, 'parasol')).toEqual(['parasol']);
  });

  it.each([
    ['"', 0],
    ['""', 0],
    ["o'clock", 1],
    ['& | ! : * ( )', 0],
    ['brake & !service', 2],
    ["'; DROP TABLE messages; --", 0],
    ['100%_\\', 1],
    ['<->', 0],
    ['😀', 0],
    [`${'a '.repeat(99)}`, 0],
  ])('takes %j as words', async (q, count) => {
    expect(await texts(customer, q, `&room_ids=${room}`)).toHaveLength(count);
  });

  it('refuses an empty and a too long query', async () => {
    for (const q of ['', '%20', 'x'.repeat(201)]) {
      expect((await customer.rest.get(`/api/v1/chat/search?q=${q}`)).body.code).toBe('VALIDATION_ERROR');
    }
    expect((await customer.rest.get('/api/v1/chat/search')).body.code).toBe('VALIDATION_ERROR');
  });

  it('is served by the index', async () => {
    const client = new pg.Client({ connectionString: world.server.database.url });
    await client.connect();
    await client.query(
      `INSERT INTO messages (id, room_id, seq, type, content)
       SELECT gen_random_uuid(), r.id, 1000 + n, 'text', 'filler number ' || n FROM rooms r, generate_series(1, 20000) AS n
       WHERE r.key = $1`,
      [room],
    );
    await client.query('ANALYZE messages');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM messages m WHERE m.room_id = ANY(ARRAY(SELECT id FROM rooms WHERE key = $1))
         AND chat_words(m.content)::tsvector @@ '''brake'':*'::tsquery AND m.deleted_at IS NULL`,
      [room],
    );
    await client.end();
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('messages_words');
  });
});
