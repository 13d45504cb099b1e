import type { NewMessage } from './message-writer.js';

/** Columns of a group as arrays, in the order of `groupValues`. */
const COLUMNS = `unnest($1::int[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::jsonb[], $11::uuid[], $12::text[])
    AS t(n, id, room_id, rank, sender_id, client_id, client_key, type, content, metadata, reply_to, mentions)`;

/** Locks rooms in the order of their ids, so that two servers cannot wait for each other, and allocates `seq`. */
const allocate = (wanted: string): string => `
wanted AS (${wanted}
), locked AS (
  SELECT r.id, w.count FROM rooms r JOIN wanted w ON w.id = r.id
  WHERE r.status IN ('active', 'waiting') OR w.forced
  ORDER BY r.id FOR NO KEY UPDATE OF r
), bumped AS (
  UPDATE rooms r SET last_seq = r.last_seq + l.count, last_message_at = now()
  FROM locked l WHERE r.id = l.id RETURNING r.id, r.last_seq - l.count AS base
)`;

const INTO =
  'messages (id, room_id, seq, sender_id, client_id, client_key, type, content, metadata, reply_to, mentions)';

const INSERT = `
  INSERT INTO ${INTO}
  SELECT f.id, f.room_id, b.base + f.rank, f.sender_id, f.client_id, f.client_key, f.type, f.content, f.metadata,
    f.reply_to, f.mentions::text[]`;

/**
 * One round trip for a group of new messages. It does not look for repeats: one breaks the unique index over client
 * keys, nothing is stored, and the group goes again by INSERT_UNLESS_KNOWN. An entry without a row in the answer
 * belongs to a room that takes no messages any more. Costs the database 1.4 to 1.75 × the bare inserts of the benchmark's floor.
 */
export const INSERT_GROUP = `
WITH ${allocate('SELECT * FROM unnest($13::uuid[], $14::int[], $15::boolean[]) AS w(id, count, forced)')}
${INSERT}
FROM ${COLUMNS.replace('AS t(', 'AS f(')} JOIN bumped b ON b.id = f.room_id
RETURNING id, seq, created_at, NULL::jsonb AS known`;

/** As INSERT_GROUP for a group of one, as most are while little is said: half of its work for either side. */
export const INSERT_ONE = `
WITH bumped AS (
  UPDATE rooms SET last_seq = last_seq + 1, last_message_at = now()
  WHERE id = $2 AND (status IN ('active', 'waiting') OR $11::boolean) RETURNING last_seq
)
INSERT INTO ${INTO}
SELECT $1::uuid, $2::uuid, last_seq, $3::text, $4::text, $5::text, $6::text, $7::text, $8::jsonb, $9::uuid, $10::text[]
FROM bumped
RETURNING id, seq, created_at, NULL::jsonb AS known`;

/** As INSERT_GROUP, for groups in which messages may be repeats: those are answered as they were stored. */
export const INSERT_UNLESS_KNOWN = `
WITH input AS (SELECT * FROM ${COLUMNS}
), known AS (
  SELECT i.n, i.id AS asked, m.* FROM input i
  JOIN messages m ON m.room_id = i.room_id AND m.sender_id = i.sender_id AND m.client_key = i.client_key
), fresh AS (
  SELECT i.id, i.room_id, row_number() OVER (PARTITION BY i.room_id ORDER BY i.n) AS rank, i.sender_id, i.client_id,
    i.client_key, i.type, i.content, i.metadata, i.reply_to, i.mentions
  FROM input i WHERE NOT EXISTS (SELECT FROM known k WHERE k.n = i.n)
), ${allocate(`
  SELECT f.room_id AS id, count(*)::int AS count, bool_or(w.forced) AS forced FROM fresh f
  JOIN unnest($13::uuid[], $14::int[], $15::boolean[]) AS w(id, count, forced) ON w.id = f.room_id GROUP BY f.room_id`)},
stored AS (${INSERT} FROM fresh f JOIN bumped b ON b.id = f.room_id RETURNING id, seq, created_at)
SELECT id, seq, created_at, NULL::jsonb AS known FROM stored
UNION ALL
SELECT asked AS id, seq, created_at, to_jsonb(known) AS known FROM known`;

/** Those of these messages that are stored, as the statements above answer them. */
export const STORED_BY_ID =
  'SELECT id, seq, created_at, NULL::jsonb AS known FROM messages WHERE id = ANY($1)';

const arrayLiteral = (values: readonly string[]): string | null =>
  values.length === 0 ? null : `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

const clientIdOf = ({ clientId }: NewMessage): string | null => (clientId === null ? null : String(clientId));

/** Parameters of INSERT_ONE. */
export const valuesOf = (message: NewMessage): unknown[] => [
  message.id,
  message.roomId,
  message.senderId,
  clientIdOf(message),
  message.clientKey,
  message.type,
  message.content,
  JSON.stringify(message.metadata),
  message.replyTo,
  arrayLiteral(message.mentions),
  message.forced,
];

/** Parameters of the statements for groups. `rank` is the place of a message among those of its room in this group. */
export function groupValues(group: readonly NewMessage[]): unknown[] {
  const rooms = new Map<string, { count: number; forced: boolean }>();
  const ranks = group.map((message) => {
    const room = rooms.get(message.roomId) ?? { count: 0, forced: false };
    rooms.set(message.roomId, { count: room.count + 1, forced: room.forced || message.forced });
    return room.count + 1;
  });
  return [
    group.map((_message, index) => index),
    group.map((message) => message.id),
    group.map((message) => message.roomId),
    ranks,
    group.map((message) => message.senderId),
    group.map(clientIdOf),
    group.map((message) => message.clientKey),
    group.map((message) => message.type),
    group.map((message) => message.content),
    group.map((message) => JSON.stringify(message.metadata)),
    group.map((message) => message.replyTo),
    group.map((message) => arrayLiteral(message.mentions)),
    [...rooms.keys()],
    [...rooms.values()].map((room) => room.count),
    [...rooms.values()].map((room) => room.forced),
  ];
}
