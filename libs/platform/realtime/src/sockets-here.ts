import type { Server } from 'socket.io';
import { parseUuid } from '#libs/platform/validation';
import type { Dialect } from '#libs/platform/dialects';
import { dialectRoom, userRoom } from './socket-rooms.js';
import type { ChatSocket } from './socket-types.js';

const NO_SOCKETS: ReadonlySet<string> = new Set();

/**
 * Who is connected to this server, and which rooms are open here. Before it listens nobody is, although other servers
 * tell it news already.
 */
export class SocketsHere {
  constructor(
    private readonly dialects: ReadonlyMap<string, Dialect>,
    private readonly server: () => Server | undefined,
  ) {}

  /** Whether any socket has joined the room in this dialect. */
  isAnyoneIn(dialect: string, roomId: string): boolean {
    const room = dialectRoom(dialect, roomId);
    return this.dialects.get(dialect)?.namespaces.some((name) => this.inRoom(name, room).size > 0) ?? false;
  }

  /** Whether any socket has joined the room in any dialect. */
  isOpen(roomId: string): boolean {
    for (const dialect of this.dialects.keys()) if (this.isAnyoneIn(dialect, roomId)) return true;
    return false;
  }

  /** Ids of the rooms that sockets have joined, in whichever dialect. */
  openRooms(): Set<string> {
    const open = new Set<string>();
    for (const [dialect, { namespaces }] of this.dialects)
      for (const name of namespaces)
        for (const id of this.roomsWith(name, dialectRoom(dialect, ''))) if (isPlainId(id)) open.add(id);
    return open;
  }

  isConnected(userId: string): boolean {
    const room = userRoom(userId);
    return this.namespaces().some((name) => this.inRoom(name, room).size > 0);
  }

  /** Ids of those who have sockets. */
  users(): Set<string> {
    return new Set(this.namespaces().flatMap((name) => this.roomsWith(name, userRoom(''))));
  }

  /** Who has sockets in the room, in whichever dialect. */
  usersIn(roomId: string): Set<string> {
    const users = new Set<string>();
    for (const [dialect, { namespaces }] of this.dialects)
      for (const name of namespaces)
        for (const id of this.inRoom(name, dialectRoom(dialect, roomId))) {
          const socket = this.server()?.of(name).sockets.get(id) as ChatSocket | undefined;
          if (socket?.data.actor) users.add(socket.data.actor.id);
        }
    return users;
  }

  private namespaces(): string[] {
    return [...new Set([...this.dialects.values()].flatMap((dialect) => dialect.namespaces))];
  }

  private inRoom(namespace: string, room: string): ReadonlySet<string> {
    return this.server()?.of(namespace).adapter.rooms.get(room) ?? NO_SOCKETS;
  }

  /** What comes behind this prefix in names of rooms. */
  private roomsWith(namespace: string, prefix: string): string[] {
    const rooms = this.server()?.of(namespace).adapter.rooms.keys() ?? [];
    return [...rooms].filter((room) => room.startsWith(prefix)).map((room) => room.slice(prefix.length));
  }
}

/** Socket rooms of a dialect are called by a room's id, a UUID; others (`support:queue`) by words. */
const isPlainId = (name: string): boolean => parseUuid(name) !== undefined;
