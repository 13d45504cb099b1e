/**
 * Condition: the room does not take this person in for now. As `Standing` has it, for statements over many rooms.
 * @param room @param user SQL of their ids
 */
export const isBannedSql = (room: string, user: string): string =>
  `EXISTS (SELECT FROM participants banned WHERE banned.room_id = ${room} AND banned.user_id = ${user}
     AND banned.left_at IS NOT NULL AND banned.banned_until > now())`;
