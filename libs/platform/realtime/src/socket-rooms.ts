/** Names of Socket.IO's rooms. */

/** All connections of a user. */
export const userRoom = (userId: string): string => `user:${userId}`;
/** Connections of a user that joined a room in this dialect, in namespaces where several are spoken. */
export const speakerRoom = (dialect: string, userId: string): string => `${dialect}:user:${userId}`;
/** Connections that joined a room in this dialect. */
export const dialectRoom = (dialect: string, roomId: string): string => `${dialect}:${roomId}`;
