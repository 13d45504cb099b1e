import { createSecretKey, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JwtService } from '@nestjs/jwt';
import pg from 'pg';
import { Server, type Socket } from 'socket.io';

/**
 * The raw floor: what a competent engineer would write for the same work with Socket.IO and pg alone. Tokens are
 * verified, messages are numbered for each room and committed before they are acknowledged and delivered.
 * FLOOR_MODE=grouped commits in groups, FLOOR_MODE=single inserts one by one.
 */
interface Payload {
  room_id: string;
  message: string;
}
interface Pending {
  id: string;
  socket: Socket;
  payload: Payload;
  ack: (answer: unknown) => void;
}

const mode = process.env.FLOOR_MODE ?? 'grouped';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const jwt = new JwtService({ secret: createSecretKey(Buffer.from(process.env.JWT_SECRET ?? '', 'utf8')) });

await pool.query(`
  CREATE TABLE IF NOT EXISTS floor_rooms (id text PRIMARY KEY, last_seq bigint NOT NULL DEFAULT 0) WITH (fillfactor = 60);
  CREATE TABLE IF NOT EXISTS floor_messages (id uuid PRIMARY KEY, room_id text NOT NULL, seq bigint NOT NULL,
    sender_id text NOT NULL, content text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (room_id, seq))`);

const GROUP = `
WITH input AS (
  SELECT * FROM unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS t(n, id, room_id, sender_id, content)
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY room_id ORDER BY n) AS rank FROM input
), wanted AS (
  SELECT room_id, count(*) AS count FROM input GROUP BY room_id
), bumped AS (
  INSERT INTO floor_rooms AS r (id, last_seq) SELECT room_id, count FROM wanted ORDER BY room_id
  ON CONFLICT (id) DO UPDATE SET last_seq = r.last_seq + EXCLUDED.last_seq RETURNING r.id, r.last_seq
)
INSERT INTO floor_messages (id, room_id, seq, sender_id, content)
SELECT i.id, i.room_id, b.last_seq - w.count + i.rank, i.sender_id, i.content
FROM ranked i JOIN bumped b ON b.id = i.room_id JOIN wanted w ON w.room_id = i.room_id
RETURNING id, seq, created_at`;

interface Row {
  id: string;
  seq: string;
  created_at: Date;
}

let waiting: Pending[] = [];
let inFlight = 0;

function finish({ id, socket, payload, ack }: Pending, row: Row): void {
  const message = {
    id,
    room_id: payload.room_id,
    seq: Number(row.seq),
    sender: {
      id: Number(socket.data.userId),
      name: `User ${socket.data.userId}`,
      type: 'customer',
      avatar: null,
    },
    message: payload.message,
    message_type: 'text',
    timestamp: row.created_at.toISOString(),
    edited_at: null,
    read_by: [],
    attachments: [],
    metadata: {},
  };
  io.of('/chat').to(payload.room_id).emit('new_message', message);
  ack({ success: true, data: message });
}

async function flush(): Promise<void> {
  while (inFlight < 2 && waiting.length > 0) {
    const group = waiting;
    waiting = [];
    inFlight += 1;
    void pool
      .query<Row>({
        name: 'group',
        text: GROUP,
        values: [
          group.map((_, n) => n),
          group.map((entry) => entry.id),
          group.map((entry) => entry.payload.room_id),
          group.map((entry) => entry.socket.data.userId as string),
          group.map((entry) => entry.payload.message),
        ],
      })
      .then(({ rows }) => {
        const byId = new Map(rows.map((row) => [row.id, row]));
        for (const entry of group) finish(entry, byId.get(entry.id) as Row);
      })
      .finally(() => {
        inFlight -= 1;
        void flush();
      });
  }
}

async function single(entry: Pending): Promise<void> {
  const { rows } = await pool.query<Row>({
    name: 'single',
    text: `WITH bumped AS (
        INSERT INTO floor_rooms AS r (id, last_seq) VALUES ($2, 1)
        ON CONFLICT (id) DO UPDATE SET last_seq = r.last_seq + 1 RETURNING r.last_seq)
      INSERT INTO floor_messages (id, room_id, seq, sender_id, content)
      SELECT $1, $2, last_seq, $3, $4 FROM bumped RETURNING id, seq, created_at`,
    values: [entry.id, entry.payload.room_id, entry.socket.data.userId, entry.payload.message],
  });
  finish(entry, rows[0] as Row);
}

const http = createServer((_request, response) => void response.end('ok'));
const io = new Server(http, { perMessageDeflate: false, maxHttpBufferSize: 65_536 });
io.of('/chat').use((socket, next) => {
  try {
    const claims = jwt.verify<{ sub?: unknown }>(String(socket.handshake.auth.token), {
      algorithms: ['HS256'],
    });
    socket.data.userId = String(claims.sub);
    next();
  } catch {
    next(new Error('unauthorized'));
  }
});
io.of('/chat').on('connection', (socket) => {
  socket.on('join_room', (payload: Payload, ack: (answer: unknown) => void) => {
    void socket.join(payload.room_id);
    ack({ success: true, data: null });
  });
  socket.on('send_message', (payload: Payload, ack: (answer: unknown) => void) => {
    const entry = { id: randomUUID(), socket, payload, ack };
    if (mode === 'single') {
      void single(entry);
      return;
    }
    waiting.push(entry);
    setImmediate(() => void flush());
  });
});
http.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  process.stdout.write(`Floor listens on http://localhost:${(http.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
