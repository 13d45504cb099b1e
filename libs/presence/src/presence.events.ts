import { DomainEvent } from '#libs/platform/events';

/** The first of a user's devices connected. */
export class UserCameOnline extends DomainEvent {
  constructor(readonly userId: string) {
    super();
  }
}

/** The last of a user's devices is gone, and did not come back within the grace period. */
export class UserWentOffline extends DomainEvent {
  constructor(
    readonly userId: string,
    readonly lastSeen: Date,
  ) {
    super();
  }
}

/** Someone started (or goes on) or stopped typing in a room. */
export class TypingChanged extends DomainEvent {
  constructor(
    readonly roomId: string,
    readonly roomRef: string,
    readonly userId: string,
    readonly typing: boolean,
  ) {
    super();
  }
}
