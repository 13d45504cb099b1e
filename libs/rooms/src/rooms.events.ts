import { DomainEvent } from '#libs/platform/events';
import type { ParticipantRole } from './entities/participant.entity.js';
import type { RoomView } from './room-view.js';

export class RoomCreated extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly participantIds: string[],
    readonly actorId: string | null,
  ) {
    super();
  }
}

/** Settings or status changed. */
export class RoomUpdated extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly actorId: string | null,
    readonly previousStatus: RoomView['status'],
  ) {
    super();
  }
}

/** Someone took a support session, or (null) it went back to the queue. */
export class RoomAssigned extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly assigneeId: string | null,
    readonly previousStatus: RoomView['status'],
  ) {
    super();
  }
}

/** A support session was opened, taken, given back, ended or reopened: what the support team sees of its queue. */
export class SupportQueueChanged extends DomainEvent {
  constructor(readonly room: RoomView) {
    super();
  }
}

/**
 * `joined`: by themselves; `added`: by a manager; by the host, in what the room is about: `assigned` as staff, `named`
 * as anybody else.
 */
export type JoinReason = 'joined' | 'added' | 'assigned' | 'named';

/** Committed; published once, on the server that stored it. What sockets are told listens to JoinArrived. */
export class ParticipantJoined extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly role: ParticipantRole,
    readonly reason: JoinReason,
  ) {
    super();
  }
}

/** Role changed, or muted or unmuted. */
export class ParticipantChanged extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly role: ParticipantRole,
    readonly mutedUntil: Date | null,
  ) {
    super();
  }
}

/** Banned until then, or (null) no longer; also of people who are not in the room, for whom nobody left. */
export class BanChanged extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly bannedUntil: Date | null,
  ) {
    super();
  }
}

/** The room and all that was in it are gone. */
export class RoomDeleted extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly participantIds: string[],
  ) {
    super();
  }
}

/** `left`: by themselves; `removed`: by a manager or the host. */
export type LeaveReason = 'left' | 'removed';

/** Committed; published once, on the server that stored it. What sockets are told listens to DepartureArrived. */
export class ParticipantLeft extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly reason: LeaveReason,
  ) {
    super();
  }
}

/** To be told to the sockets of this server: published once on every server that has the room open, or the person. */
export class JoinArrived extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly role: ParticipantRole,
    readonly reason: JoinReason,
  ) {
    super();
  }
}

/** As JoinArrived. */
export class DepartureArrived extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly reason: LeaveReason,
  ) {
    super();
  }
}

/** The host changed the status of what the room is about. */
export class RoomContextStatusChanged extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly contextType: string,
    readonly contextId: string,
    readonly status: string,
  ) {
    super();
  }
}
