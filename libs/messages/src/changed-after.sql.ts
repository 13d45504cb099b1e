/** How much later than a message somebody may hear of an edit or deletion that was committed before it. */
const LATE = "interval '10 seconds'";

/**
 * Condition for a message `m`: one of those up to `seq` that were edited or deleted since `seq` was stored, which is
 * exact by `message_changes`. So are those that were changed shortly before: whoever knows `seq` may not have heard yet.
 * @param room placeholder of the room's id @param seq placeholder of the number, at most the newest one counts
 */
export const changedAfter = (room: string, seq: string): string => `m.seq <= ${seq} AND m.id = ANY(ARRAY(
  WITH known AS MATERIALIZED (
    SELECT k.seq, k.created_at FROM messages k WHERE k.room_id = ${room} AND k.seq <= ${seq} ORDER BY k.seq DESC LIMIT 1
  )
  SELECT c.message_id FROM message_changes c
  WHERE c.room_id = ${room} AND c.after_seq >= (SELECT known.seq FROM known)
  UNION ALL
  SELECT l.id FROM messages l
  WHERE l.room_id = ${room} AND l.seq <= ${seq} AND l.changed_at >= (SELECT known.created_at - ${LATE} FROM known)))`;
