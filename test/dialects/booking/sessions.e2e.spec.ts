import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { World, type Person } from '../../support/world.js';
import { openSession, people, putBooking, say, type Session } from './support.js';

interface Listed {
  sessions: Session[];
  pagination: { page: number; limit: number; total: number; total_pages: number };
}

const PATH = '/api/chat/sessions';
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f-]{36}$/;

describe('booking: chat sessions', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  const idsOf = async (person: Person, query = ''): Promise<string[]> =>
    (await person.rest.get<Listed>(`${PATH}${query}`)).body.data.sessions.map(({ id }) => id);

  describe('POST /api/chat/sessions', () => {
    it('opens the session of a booking, with the participants that the directory names', async () => {
      const { client, reader } = people(world);
      const booking = await putBooking(world, [client, reader]);
      const answer = await client.rest.post<Session>(PATH, {
        booking_id: booking,
        session_type: 'booking',
        metadata: { theme: 'love' },
      });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        success: true,
        data: {
          id: expect.stringMatching(UUID),
          booking_id: booking,
          session_type: 'booking',
          status: 'active',
          participants: expect.arrayContaining([client.id, reader.id]),
          created_at: expect.stringMatching(ISO),
        },
        message: 'Chat session created successfully',
      });
      expect(answer.body.data.participants).toHaveLength(2);
    });

    it('returns the one session of a booking to a second POST, also of the other side and at the same time', async () => {
      const { client, reader } = people(world);
      const booking = await putBooking(world, [client, reader]);
      const askers = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? client : reader));
      const answers = await Promise.all(
        askers.map((person) => person.rest.post<Session>(PATH, { booking_id: booking })),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
      expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
      expect(answers.filter(({ body }) => body.message === 'Chat session created successfully')).toHaveLength(
        1,
      );
      expect(await idsOf(client)).toHaveLength(1);
    });

    it('opens a session for participant_ids: two people have one, more are a group', async () => {
      const { client, reader } = people(world);
      const other = world.person('reader');
      const body = { participant_ids: [client.id, reader.id], session_type: 'general' };
      const first = await client.rest.post<Session>(PATH, body);
      expect(first.body.data).toMatchObject({ booking_id: null, session_type: 'general', status: 'active' });
      expect(new Set(first.body.data.participants)).toEqual(new Set([client.id, reader.id]));
      const again = await reader.rest.post<Session>(PATH, { participant_ids: [client.id] });
      expect(again.body.data.id).toBe(first.body.data.id);
      const group = await reader.rest.post<Session>(PATH, { participant_ids: [client.id, other.id] });
      expect(group.body.data).toMatchObject({ session_type: 'general' });
      expect(new Set(group.body.data.participants)).toEqual(new Set([reader.id, client.id, other.id]));
    });

    describe('between two people whose session has ended', () => {
      const post = async (person: Person, other: Person) => {
        const answer = await person.rest.post<Session>(PATH, { participant_ids: [other.id] });
        expect(answer.status).toBe(201);
        return { ...answer.body.data, message: answer.body.message };
      };
      const setStatus = (person: Person, id: string, status: string) =>
        person.rest.patch(`/api/v1/chat/sessions/${id}/status`, { status });
      const direct = async (person: Person, other: Person): Promise<{ id: string; status: string }> => {
        const body = { type: 'direct', participant_ids: [other.id] };
        return (await person.rest.post<{ room: { id: string; status: string } }>('/api/v1/chat/rooms', body))
          .body.data.room;
      };

      it.each(['resolved', 'closed'])('opens a new one when it is %s; the old one stays', async (status) => {
        const { client, reader } = people(world);
        const old = await post(client, reader);
        await say(client, old.id, 'The Sun');
        expect((await setStatus(reader, old.id, status)).status).toBe(200);
        const next = await post(client, reader);
        expect(next).toMatchObject({
          status: 'active',
          session_type: 'general',
          message: 'Chat session created successfully',
        });
        expect(next.id).not.toBe(old.id);
        expect(new Set(next.participants)).toEqual(new Set([client.id, reader.id]));
        await say(reader, next.id, 'The Moon');
        const again = await post(reader, client);
        expect([again.id, again.message]).toEqual([next.id, 'Chat session already exists']);
        const history = await client.rest.get<{ messages: { content: string }[] }>(
          `/api/chat/messages?session_id=${old.id}`,
        );
        expect(history.body.data.messages.map(({ content }) => content)).toEqual(['The Sun']);
        const late = await client.rest.post('/api/chat/messages', { session_id: old.id, content: 'late' });
        expect([late.status, late.body.code]).toEqual([409, 'SESSION_INACTIVE']);
      });

      it('opens one when both ask at the same time, as often as they end it', async () => {
        const { client, reader } = people(world);
        let last = await post(client, reader);
        for (let round = 0; round < 3; round += 1) {
          await setStatus(reader, last.id, 'closed');
          const askers = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? client : reader));
          const made = await Promise.all(
            askers.map((person) => post(person, person === client ? reader : client)),
          );
          expect(new Set(made.map(({ id }) => id)).size).toBe(1);
          expect(made.filter(({ message }) => message === 'Chat session created successfully')).toHaveLength(
            1,
          );
          expect(await idsOf(client)).toEqual([made[0]!.id]);
          last = made[0]!;
        }
        expect(await idsOf(client, '?status=closed')).toHaveLength(3);
      });

      it('leaves the direct room of the two what it was', async () => {
        const { client, reader } = people(world);
        const shared = await direct(client, reader);
        expect((await post(reader, client)).id).toBe(shared.id);
        await setStatus(reader, shared.id, 'closed');
        const next = await post(client, reader);
        expect(next.id).not.toBe(shared.id);
        expect(await direct(client, reader)).toMatchObject({ id: shared.id, status: 'closed' });
        const workspace = await client.rest.post<{ chatRoom: { id: string } }>('/api/chat/rooms', {
          type: 'DIRECT',
          participantIds: [reader.id],
        });
        expect(workspace.body.data.chatRoom.id).toBe(shared.id);
        // Once it is open again, it is the session of the two.
        await setStatus(reader, next.id, 'closed');
        expect((await setStatus(reader, shared.id, 'active')).status).toBe(200);
        expect((await post(client, reader)).id).toBe(shared.id);
      });

      it('reopens none of the old ones while another is open', async () => {
        const { client, reader } = people(world);
        const ids: string[] = [];
        for (let round = 0; round < 3; round += 1) {
          ids.push((await post(client, reader)).id);
          if (round < 2) await setStatus(reader, ids[round]!, 'closed');
        }
        const refuse = async (id: string) => {
          const refused = await setStatus(reader, id, 'active');
          expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
          expect(refused.body.error).toContain('another conversation that is open');
        };
        await refuse(ids[0]!);
        await refuse(ids[1]!);
        // To say that the open one is open is no reopening.
        expect((await setStatus(reader, ids[2]!, 'active')).status).toBe(200);
        await setStatus(reader, ids[2]!, 'closed');
        expect((await setStatus(reader, ids[1]!, 'active')).status).toBe(200);
        expect((await post(client, reader)).id).toBe(ids[1]);
        await refuse(ids[0]!);
        await refuse(ids[2]!);
      });

      it('has one open session when all that ended are reopened while a new one is asked for', async () => {
        const { client, reader } = people(world);
        const ids: string[] = [];
        for (let round = 0; round < 3; round += 1) {
          ids.push((await post(client, reader)).id);
          await setStatus(reader, ids[round]!, 'closed');
        }
        const [asked, ...reopened] = await Promise.all([
          client.rest.post<Session>(PATH, { participant_ids: [reader.id] }),
          ...ids.map((id) => setStatus(reader, id, 'active')),
        ]);
        expect(asked.status).toBe(201);
        const open = await idsOf(client);
        expect(open).toEqual([asked.body.data.id]);
        const verdicts = reopened.map(({ status }, index) => [status, ids[index]]);
        expect(verdicts).toEqual(ids.map((id) => [open.includes(id) ? 200 : 409, id]));
      });

      it('is no way around a block', async () => {
        const { client, reader } = people(world);
        const first = await post(client, reader);
        await setStatus(reader, first.id, 'closed');
        const second = await post(client, reader);
        await reader.rest.post(`/api/v1/chat/rooms/${second.id}/block`);
        expect(await post(client, reader)).toMatchObject({ id: second.id, status: 'closed' });
      });

      it('lets in again who had left the open one', async () => {
        const { client, reader } = people(world);
        await setStatus(reader, (await post(client, reader)).id, 'closed');
        const { id } = await post(client, reader);
        await client.rest.post(`/api/v1/chat/rooms/${id}/leave`);
        const again = await post(client, reader);
        expect([again.id, again.participants.length]).toEqual([id, 2]);
      });

      it('lets the host platform open one for the two', async () => {
        const { client, reader } = people(world);
        await setStatus(reader, (await post(client, reader)).id, 'closed');
        const answer = await world
          .host()
          .rest.post<Session>(PATH, { participant_ids: [client.id, reader.id] });
        expect(answer.body.data).toMatchObject({ status: 'active' });
        expect((await post(client, reader)).id).toBe(answer.body.data.id);
      });
    });

    it('opens a session of type support without naming anyone; waiting counts as active', async () => {
      const { client } = people(world);
      const answer = await client.rest.post<Session>(PATH, { session_type: 'support' });
      expect(answer.body.data).toMatchObject({
        booking_id: null,
        session_type: 'support',
        status: 'active',
        participants: [client.id],
      });
    });

    it('opens a session of type support with the staff that a customer names, and no other customer', async () => {
      const { client, reader } = people(world);
      const admin = world.person('admin');
      const [stranger, unknown] = [world.person('client'), randomUUID()];
      for (const person of [client, reader, admin, stranger]) await person.rest.get(PATH);
      const open = async (...named: string[]) => {
        const body = { session_type: 'support', participant_ids: named };
        const answer = await client.rest.post<Session>(PATH, body);
        expect([answer.status, answer.body.data?.session_type]).toEqual([201, 'support']);
        return answer.body.data;
      };
      for (const named of [[reader.id], [client.id, reader.id]])
        expect(new Set((await open(...named)).participants)).toEqual(new Set([client.id, reader.id]));
      const { id, participants } = await open(admin.id, stranger.id, unknown);
      expect(new Set(participants)).toEqual(new Set([client.id, admin.id]));
      expect(await idsOf(stranger)).toEqual([]);
      expect((await stranger.rest.get(`${PATH}/${id}`)).body.code).toBe('CHAT_ACCESS_DENIED');
      expect((await open(stranger.id)).participants).toEqual([client.id]);
      // Staff open one for a customer.
      const body = { session_type: 'support', participant_ids: [client.id] };
      const answer = await reader.rest.post<Session>(PATH, body);
      expect(new Set(answer.body.data.participants)).toEqual(new Set([client.id, reader.id]));
    });

    it('FORBIDDEN: a group of a customer, with a sentence that says what is open to them', async () => {
      const { client, reader } = people(world);
      const answer = await client.rest.post(PATH, { participant_ids: [reader.id, randomUUID()] });
      expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);
      expect(answer.body.error).toBe('Customers may open conversations of two people and support sessions.');
    });

    it('is for people of the booking, and for admins', async () => {
      const { client, reader } = people(world);
      const booking = await putBooking(world, [client, reader]);
      for (const role of ['client', 'reader', 'staff']) {
        const refused = await world.person(role).rest.post(PATH, { booking_id: booking });
        expect([role, refused.status, refused.body.code]).toEqual([role, 403, 'CHAT_ACCESS_DENIED']);
      }
      const admin = await world.person('admin').rest.post<Session>(PATH, { booking_id: booking });
      expect(admin.status).toBe(201);
      expect(new Set(admin.body.data.participants)).toEqual(new Set([client.id, reader.id]));
    });

    it('refuses what is not valid with VALIDATION_ERROR, details as texts', async () => {
      const { client } = people(world);
      const bad: [unknown, string][] = [
        [{}, 'participant_ids: '],
        [{ participant_ids: [client.id] }, 'participant_ids: '],
        [{ participant_ids: 'everyone' }, 'participant_ids: '],
        [{ participant_ids: ['x'], session_type: 'party' }, 'session_type: '],
        [{ participant_ids: ['x'], metadata: [] }, 'metadata: '],
        [{ booking_id: { $ne: 1 } }, 'booking_id: '],
      ];
      for (const [body, start] of bad) {
        const answer = await client.rest.post(PATH, body);
        expect([body, answer.status, answer.body.code]).toEqual([body, 400, 'VALIDATION_ERROR']);
        expect(answer.body).toEqual({
          success: false,
          error: expect.any(String),
          code: 'VALIDATION_ERROR',
          details: expect.arrayContaining([expect.stringContaining(start)]),
        });
      }
      const unknown = await client.rest.post(PATH, { booking_id: randomUUID() });
      expect([unknown.status, unknown.body.code]).toEqual([404, 'NOT_FOUND']);
    });

    it('keeps the participants of a session those of its booking', async () => {
      const { client, reader } = people(world);
      const booking = await putBooking(world, [client, reader]);
      const { data } = (await client.rest.post<Session>(PATH, { booking_id: booking })).body;
      const substitute = world.person('reader', { name: 'Noor Reader' });
      await putBooking(world, [client, substitute], booking);
      const now = await client.rest.get<Session>(`${PATH}/${data.id}`);
      expect(new Set(now.body.data.participants)).toEqual(new Set([client.id, substitute.id]));
      expect((await reader.rest.get(`${PATH}/${data.id}`)).body.code).toBe('CHAT_ACCESS_DENIED');
      expect((await reader.rest.post(PATH, { booking_id: booking })).status).toBe(403);
    });

    it('keeps them so when the session is opened while the booking changes', async () => {
      const { client, reader } = people(world);
      const booking = await putBooking(world, [client, reader]);
      const host = new pg.Client({ connectionString: world.server.database.url });
      await host.connect();
      try {
        await host.query('BEGIN');
        await host.query(`UPDATE contexts SET participants = $2 WHERE type = 'booking' AND id = $1`, [
          booking,
          JSON.stringify([{ user_id: client.id, role: 'client' }]),
        ]);
        let answered = false;
        const opening = client.rest
          .post<Session>(PATH, { booking_id: booking })
          .finally(() => (answered = true));
        // It waits for the change, or (wrongly) is ready before it.
        const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        while (!answered && (await host.query(waiting)).rowCount === 0);
        await host.query('COMMIT');
        expect((await opening).body.data.participants).toEqual([client.id]);
      } finally {
        await host.end();
      }
    });

    it('lets someone of the booking who had left in again', async () => {
      const { client, reader } = people(world);
      const booking = await putBooking(world, [client, reader]);
      const { id } = (await client.rest.post<Session>(PATH, { booking_id: booking })).body.data;
      expect((await reader.rest.post(`/api/v1/chat/rooms/${id}/leave`)).status).toBe(200);
      expect((await reader.rest.get(`${PATH}/${id}`)).status).toBe(403);
      await reader.rest.post(PATH, { booking_id: booking });
      expect((await reader.rest.get(`${PATH}/${id}`)).status).toBe(200);
    });
  });

  describe('GET /api/chat/sessions', () => {
    it('lists sessions with every field of the document', async () => {
      const { client, reader } = people(world);
      const id = await openSession(world, client, reader);
      for (const text of ['one', 'two', 'three']) await say(reader, id, text);
      const { status, body } = await client.rest.get<Listed>(PATH);
      expect(status).toBe(200);
      expect(body.data.pagination).toEqual({ page: 1, limit: 20, total: 1, total_pages: 1 });
      const [session] = body.data.sessions;
      expect(session).toEqual({
        id,
        booking_id: expect.stringMatching(UUID),
        session_type: 'booking',
        status: 'active',
        participants: expect.arrayContaining([client.id, reader.id]),
        last_message_at: expect.stringMatching(ISO),
        unread_count: 3,
        bookings: {
          id: session?.booking_id,
          services: { name: 'Full Tarot Reading', type: 'comprehensive' },
          profiles: [
            {
              id: client.id,
              first_name: 'Sarah',
              last_name: 'Johnson',
              avatar_url: 'https://cdn.example.com/sarah.jpg',
              role: 'client',
            },
            {
              id: reader.id,
              first_name: 'Samia',
              last_name: 'Reader',
              avatar_url: 'https://cdn.example.com/samia.jpg',
              role: 'reader',
            },
          ],
        },
      });
    });

    it('pages by 20, by limit, and refuses a limit over 100', async () => {
      const { client } = people(world);
      for (let count = 0; count < 21; count += 1)
        await client.rest.post(PATH, { participant_ids: [randomUUID()] });
      const first = (await client.rest.get<Listed>(PATH)).body.data;
      expect(first.sessions).toHaveLength(20);
      expect(first.pagination).toEqual({ page: 1, limit: 20, total: 21, total_pages: 2 });
      const pages = [await idsOf(client, '?page=1&limit=15'), await idsOf(client, '?page=2&limit=15')];
      expect(pages.map((ids) => ids.length)).toEqual([15, 6]);
      expect(new Set(pages.flat()).size).toBe(21);
      for (const query of ['limit=101', 'limit=0', 'page=0', 'page=x', 'status=open']) {
        const refused = await client.rest.get(`${PATH}?${query}`);
        expect([query, refused.status, refused.body.code]).toEqual([query, 400, 'VALIDATION_ERROR']);
      }
    });

    it('filters by status: active unless told, completed, closed, all', async () => {
      const { client, reader } = people(world);
      const [active, completed, closed, archived] = [
        await openSession(world, client, reader),
        await openSession(world, client, reader),
        await openSession(world, client, reader),
        await openSession(world, client, reader),
      ] as [string, string, string, string];
      await reader.rest.post(`/api/v1/chat/rooms/${completed}/close`, { status: 'resolved' });
      await reader.rest.post(`/api/v1/chat/rooms/${closed}/close`, { status: 'closed' });
      await client.rest.post(`/api/v1/chat/rooms/${archived}/archive`);
      expect(await idsOf(client)).toEqual([active]);
      expect(await idsOf(client, '?status=active')).toEqual([active]);
      expect(await idsOf(client, '?status=completed')).toEqual([completed]);
      expect(new Set(await idsOf(client, '?status=closed'))).toEqual(new Set([closed, archived]));
      expect(await idsOf(client, '?status=all')).toHaveLength(4);
      // Archiving is the client's own: for the reader the session is active.
      expect(new Set(await idsOf(reader))).toEqual(new Set([active, archived]));
      const statuses = (await client.rest.get<Listed>(`${PATH}?status=all`)).body.data.sessions;
      expect(Object.fromEntries(statuses.map(({ id, status }) => [id, status]))).toEqual({
        [active]: 'active',
        [completed]: 'completed',
        [closed]: 'closed',
        [archived]: 'closed',
      });
    });

    it('takes empty filters, as forms append them, for none', async () => {
      const { client, reader } = people(world);
      const ids = [await openSession(world, client, reader), await openSession(world, client, reader)];
      const ended = await openSession(world, client, reader);
      await reader.rest.post(`/api/v1/chat/rooms/${ended}/close`, { status: 'closed' });
      for (const query of ['?status=&session_type=', '?booking_id=', '?status=&booking_id=&session_type=']) {
        const answer = await client.rest.get<Listed>(PATH + query);
        expect([query, answer.status]).toEqual([query, 200]);
        expect(new Set(answer.body.data.sessions.map(({ id }) => id))).toEqual(new Set(ids));
        expect(answer.body.data.pagination.total).toBe(2);
      }
      expect(await idsOf(client, '?status=all&booking_id=')).toHaveLength(3);
    });

    it('filters by booking_id', async () => {
      const { client, reader } = people(world);
      await openSession(world, client, reader);
      const booking = await putBooking(world, [client, reader]);
      const { id } = (await client.rest.post<Session>(PATH, { booking_id: booking })).body.data;
      expect(await idsOf(client, `?booking_id=${booking}`)).toEqual([id]);
      expect(await idsOf(client, `?booking_id=${randomUUID()}`)).toEqual([]);
    });

    it('shows only sessions of the caller', async () => {
      const { client, reader } = people(world);
      await openSession(world, client, reader);
      expect(await idsOf(world.person('client'), '?status=all')).toEqual([]);
      expect(await idsOf(world.person('admin'), '?status=all')).toEqual([]);
    });
  });

  describe('GET /api/chat/sessions/:id', () => {
    it('tells every field of the document', async () => {
      const { client, reader } = people(world);
      for (const person of [client, reader]) await person.rest.get(PATH);
      const booking = await putBooking(world, [client, reader]);
      const created = await client.rest.post<Session>(PATH, {
        booking_id: booking,
        metadata: { theme: 'love' },
      });
      const { status, body } = await reader.rest.get<Session>(`${PATH}/${created.body.data.id}`);
      expect(status).toBe(200);
      const sarah = {
        id: client.id,
        first_name: 'Sarah',
        last_name: 'Johnson',
        avatar_url: 'https://cdn.example.com/sarah.jpg',
        role: 'client',
      };
      expect(body).toEqual({
        success: true,
        data: {
          id: created.body.data.id,
          booking_id: booking,
          session_type: 'booking',
          status: 'active',
          participants: expect.arrayContaining([client.id, reader.id]),
          participant_profiles: expect.arrayContaining([sarah]),
          metadata: { theme: 'love' },
          created_at: expect.stringMatching(ISO),
          bookings: {
            id: booking,
            services: { name: 'Full Tarot Reading', type: 'comprehensive' },
            profiles: expect.arrayContaining([sarah]),
          },
        },
      });
    });

    it('answers SESSION_NOT_FOUND, CHAT_ACCESS_DENIED; admins may look on', async () => {
      const { client, reader } = people(world);
      const id = await openSession(world, client, reader);
      for (const unknown of [randomUUID(), 'nonsense', '%00', "'--"]) {
        const answer = await client.rest.get(`${PATH}/${unknown}`);
        expect([unknown, answer.status, answer.body.code]).toEqual([unknown, 404, 'SESSION_NOT_FOUND']);
      }
      const refused = await world.person('client').rest.get(`${PATH}/${id}`);
      expect([refused.status, refused.body.code]).toEqual([403, 'CHAT_ACCESS_DENIED']);
      expect((await world.person('admin').rest.get(`${PATH}/${id}`)).status).toBe(200);
    });

    it('shows people whom the directory does not know yet, and none of a booking where there is none', async () => {
      const { client } = people(world);
      const stranger = randomUUID();
      const made = await client.rest.post<Session>(PATH, { participant_ids: [stranger] });
      const { data } = (
        await client.rest.get<{ bookings: unknown; participant_profiles: { id: string }[] }>(
          `${PATH}/${made.body.data.id}`,
        )
      ).body;
      expect(data.bookings).toBeNull();
      expect(data.participant_profiles.find(({ id }) => id === stranger)).toEqual({
        id: stranger,
        first_name: 'User',
        last_name: stranger,
        avatar_url: null,
        role: 'customer',
      });
    });
  });
});
