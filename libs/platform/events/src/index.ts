export { DomainEvent, EventBus } from './event-bus.js';
export { EventsModule } from './events.module.js';
export { Turns } from './turns.js';
