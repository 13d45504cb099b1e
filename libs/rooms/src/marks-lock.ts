/** Name of the lock that marks in a room share, and that its erasure has for itself. */
export const marksLock = (roomId: string): string => `room-marks:${roomId}`;
