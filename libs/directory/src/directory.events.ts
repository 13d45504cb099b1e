import { DomainEvent } from '#libs/platform/events';
import type { UserView } from './user-view.js';

/** A profile was created or changed. */
export class UserChanged extends DomainEvent {
  constructor(readonly user: UserView) {
    super();
  }
}

/** A person was erased; their messages belong to the tombstone from now on. */
export class UserErased extends DomainEvent {
  constructor(
    readonly userId: string,
    readonly tombstoneId: string,
  ) {
    super();
  }
}
