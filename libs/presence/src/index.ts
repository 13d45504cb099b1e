export { TypingChanged, UserCameOnline, UserWentOffline } from './presence.events.js';
export { PresenceModule } from './presence.module.js';
export { PresenceService, type PresenceOf } from './presence.service.js';
export { TypingService } from './typing.service.js';
