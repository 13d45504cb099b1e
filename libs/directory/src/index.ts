export { maySeeContext } from './context-policy.js';
export { ContextsService, type ContextChange, type ContextStep } from './contexts.service.js';
export { directoryErrors } from './directory.errors.js';
export { UserChanged, UserErased } from './directory.events.js';
export { DirectoryModule } from './directory.module.js';
export { PublicUser, SYSTEM_SENDER, toPublicUser, wireId } from './directory.presenter.js';
export {
  Context,
  CONTEXT_TYPES,
  type ContextParticipant,
  type ContextType,
} from './entities/context.entity.js';
export { User } from './entities/user.entity.js';
export { DELETED_USER, ErasureService, type ErasureStep } from './erasure.service.js';
export { personalNames } from './personal-names.js';
export { isStorableId, UsersService } from './users.service.js';
export type { UserView } from './user-view.js';
