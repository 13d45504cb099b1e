import { DomainEvent } from '#libs/platform/events';
import type { Role } from '#libs/platform/auth';
import type { UserView } from './user-view.js';

/** A profile was created or changed. */
export class UserChanged extends DomainEvent {
  /** @param previousRole null for somebody who was not known */
  constructor(
    readonly user: UserView,
    readonly previousRole: Role | null,
  ) {
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
