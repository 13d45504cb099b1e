import { Injectable, Logger } from '@nestjs/common';
import { toDomainError } from '#libs/platform/errors';

/** Base of all domain events: something that has been committed. */
export abstract class DomainEvent {}

type EventClass<E extends DomainEvent> = abstract new (...args: never[]) => E;
type Listener<E extends DomainEvent> = (event: E) => void | Promise<void>;

/**
 * Typed, in-process events. A listener's failure or slowness is its own: it is logged and never reaches the
 * publisher. Publish after the commit; inside a transaction use `Transaction.publish`, which waits for it.
 */
@Injectable()
export class EventBus {
  private readonly logger = new Logger(EventBus.name);
  private readonly listeners = new Map<unknown, Listener<DomainEvent>[]>();

  /** Calls the listener for each event of exactly this class, in the order of subscription. */
  on<E extends DomainEvent>(type: EventClass<E>, listener: Listener<E>): void {
    const list = this.listeners.get(type) ?? [];
    list.push(listener as Listener<DomainEvent>);
    this.listeners.set(type, list);
  }

  /**
   * Starts every listener at once; those that only do synchronous work have finished on return.
   * The promise settles (never rejects) when all have finished: callers on a hot path do not await it.
   * @returns false when one of them failed since what it needs is away, so that it may succeed later
   */
  publish(event: DomainEvent): Promise<boolean> {
    const pending: Promise<boolean>[] = [];
    for (const listener of this.listeners.get(event.constructor) ?? []) {
      try {
        const result = listener(event);
        if (result instanceof Promise)
          pending.push(
            result.then(
              () => true,
              (error: unknown) => this.report(event, error),
            ),
          );
      } catch (error) {
        pending.push(Promise.resolve(this.report(event, error)));
      }
    }
    return pending.length === 0 ? DONE : Promise.all(pending).then((results) => results.every(Boolean));
  }

  /** @returns whether nothing else can come of it */
  private report(event: DomainEvent, error: unknown): boolean {
    this.logger.error({ err: error, event: event.constructor.name }, 'A listener failed');
    return toDomainError(error).kind !== 'unavailable';
  }
}

const DONE = Promise.resolve(true);
