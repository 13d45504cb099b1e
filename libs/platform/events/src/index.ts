export { DomainEvent, EventBus } from './event-bus.js';
export { EventsModule } from './events.module.js';
export { FairQueue } from './fair-queue.js';
export { Turns } from './turns.js';
