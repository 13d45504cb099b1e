import type { EmitOptions, RealtimeServer } from './realtime-server.js';
import type { PayloadOf, ServerEventMap } from './server-events.js';
import type { ChatSocket } from './socket-types.js';

/** Emits the events of one map in one dialect: a misspelt name or a wrong payload does not compile. */
export class DialectEmitter<M extends ServerEventMap> {
  constructor(
    private readonly realtime: RealtimeServer,
    private readonly dialect: string,
    readonly events: M,
  ) {}

  isAnyoneIn(roomId: string): boolean {
    return this.realtime.isAnyoneIn(this.dialect, roomId);
  }

  isAnyoneHere(roomId: string): boolean {
    return this.realtime.here.isAnyoneIn(this.dialect, roomId);
  }

  /** Only to sockets of this server: for events that every server emits by itself. */
  toRoomHere<E extends keyof M & string>(
    roomId: string,
    event: E,
    payload: PayloadOf<M, E>,
    options?: Pick<EmitOptions, 'exceptUser'>,
  ): void {
    this.realtime.emitToRooms(this.dialect, [roomId], event, payload, { ...options, here: true });
  }

  toRoom<E extends keyof M & string>(
    roomId: string,
    event: E,
    payload: PayloadOf<M, E>,
    options?: EmitOptions,
  ): void {
    this.realtime.emitToRooms(this.dialect, [roomId], event, payload, options);
  }

  toRooms<E extends keyof M & string>(
    roomIds: readonly string[],
    event: E,
    payload: PayloadOf<M, E>,
    options?: EmitOptions,
  ): void {
    this.realtime.emitToRooms(this.dialect, roomIds, event, payload, options);
  }

  toUser<E extends keyof M & string>(userId: string, event: E, payload: PayloadOf<M, E>): void {
    this.realtime.emitToUser(this.dialect, userId, event, payload);
  }

  /** As `toUser`, on this server alone. */
  toUserHere<E extends keyof M & string>(userId: string, event: E, payload: PayloadOf<M, E>): void {
    this.realtime.emitToUser(this.dialect, userId, event, payload, { here: true });
  }

  /** For what every contract's clients of that user should hear: see `RealtimeServer.emitToUserAnywhere`. */
  toUserAnywhere<E extends keyof M & string>(userId: string, event: E, payload: PayloadOf<M, E>): void {
    this.realtime.emitToUserAnywhere(this.dialect, userId, event, payload);
  }

  toSocket<E extends keyof M & string>(socket: ChatSocket, event: E, payload: PayloadOf<M, E>): void {
    socket.emit(event, payload as never);
  }
}
