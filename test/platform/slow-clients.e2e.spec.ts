import { RawConnection } from '../support/raw-connection.js';
import { ONE_NODE, World, type Person } from '../support/world.js';

const ROOMS = '/api/v1/chat/rooms';
const BODY_MS = 400;
const STALLED_MS = 2_000;

describe('slow clients', () => {
  let world: World;
  let customer: Person;
  let room: string;
  const connections: RawConnection[] = [];

  beforeAll(async () => {
    world = await World.start(
      {
        HTTP_HEADERS_TIMEOUT_MS: '400',
        HTTP_BODY_TIMEOUT_MS: String(BODY_MS),
        UPLOAD_STALLED_MS: String(STALLED_MS),
      },
      ONE_NODE,
    );
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => world.stop());

  const connection = async (): Promise<RawConnection> => {
    const opened = await RawConnection.to(world.url);
    connections.push(opened);
    return opened;
  };
  const json = { 'Content-Type': 'application/json', 'Content-Length': '1000' };
  const asCustomer = (): Record<string, string> => ({ Authorization: `Bearer ${customer.token}` });

  it('who connects and says nothing is cut off', async () => (await connection()).cut());

  it('who does not come to the end of the headers is cut off', async () => {
    const client = await connection();
    client.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow:');
    await client.cut();
    expect(client.received).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([`${ROOMS}/room/messages`, '/api/chat/sessions', '/api/chat/rooms', '/api/v1/chat/sessions'])(
    'a body that does not come is answered with 408 and given up: POST %s',
    async (path) => {
      const client = await connection();
      client.head(`POST ${path.replace('/room/', `/${room}/`)}`, { ...json, ...asCustomer() });
      client.write('{"message":');
      expect(await client.status()).toBe(408);
      await client.cut();
      expect(client.received).toMatch(/"success":false.*"code":"REQUEST_TIMEOUT","details":\[\]/);
      expect(client.received).toMatch(/^connection: close\r$/im);
    },
  );

  it('who is refused anyway is told so at once, and cut off when nothing more comes', async () => {
    const client = await connection();
    client.head(`POST ${ROOMS}`, json);
    client.write('{"message":');
    expect(await client.status()).toBe(401);
    await client.cut();
  });

  it('a body that nobody reads is not waited for either', async () => {
    for (const line of ['GET /health/live', 'POST /nothing', 'GET /docs']) {
      const client = await connection();
      client.head(line, json);
      await client.status();
      await client.cut();
    }
  });

  it('a packet of polling that does not come is given up', async () => {
    const client = await connection();
    client.head('GET /socket.io/?EIO=4&transport=polling', {});
    await client.status();
    const sid = /"sid":"([^"]+)"/.exec(client.received)?.[1] as string;
    const poster = await connection();
    poster.head(`POST /socket.io/?EIO=4&transport=polling&sid=${sid}`, {
      'Content-Type': 'text/plain;charset=UTF-8',
      'Content-Length': '1000',
    });
    poster.write('4');
    await poster.cut();
  });

  describe('uploads', () => {
    const BOUNDARY = 'boundary-of-the-spec';
    const part = (disposition: string): string =>
      `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`;

    /** Sends the form up to the beginning of its file. */
    async function begin(bytes: number): Promise<RawConnection> {
      const client = await connection();
      const start = `${part('name="room_id"')}${room}\r\n${part('name="file"; filename="notes.txt"')}`;
      client.head('POST /api/v1/chat/upload', {
        ...asCustomer(),
        'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
        'Content-Length': String(start.length + bytes + `\r\n--${BOUNDARY}--\r\n`.length),
      });
      client.write(start);
      return client;
    }

    it('may take longer than other bodies as long as they go on', async () => {
      const [pieces, size] = [8, 8_192];
      const client = await begin(pieces * size);
      for (let sent = 0; sent < pieces; sent += 1) {
        client.write('a'.repeat(size));
        await new Promise((resolve) => setTimeout(resolve, BODY_MS / 4));
      }
      client.write(`\r\n--${BOUNDARY}--\r\n`);
      expect(await client.status()).toBe(201);
    });

    it('that stand still are answered with 408 and given up', async () => {
      const client = await begin(100_000);
      client.write('a'.repeat(50_000));
      expect(await client.status()).toBe(408);
      await client.cut();
    });

    it('of a byte now and then stand still', async () => {
      const client = await begin(100_000);
      const drip = setInterval(() => client.write('a'), 50);
      try {
        expect(await client.status()).toBe(408);
      } finally {
        clearInterval(drip);
      }
    });
  });
});
