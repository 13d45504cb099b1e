import { commonErrors } from '#libs/platform/errors';
import { DomainEvent, EventBus } from './event-bus.js';

class Happened extends DomainEvent {
  constructor(readonly what: string) {
    super();
  }
}
class HappenedToo extends Happened {}

describe('EventBus', () => {
  let bus: EventBus;
  let heard: string[];
  beforeEach(() => {
    bus = new EventBus();
    heard = [];
    // What a failing listener throws is logged, which is not what is tested here.
    Object.assign((bus as unknown as { logger: object }).logger, { error: () => heard.push('logged') });
  });

  it('calls the listeners of exactly this class, in the order of subscription', async () => {
    bus.on(Happened, ({ what }) => void heard.push(`first ${what}`));
    bus.on(HappenedToo, ({ what }) => void heard.push(`other ${what}`));
    bus.on(Happened, ({ what }) => void heard.push(`second ${what}`));
    await bus.publish(new Happened('a'));
    expect(heard).toEqual(['first a', 'second a']);
    await bus.publish(new HappenedToo('b'));
    expect(heard).toEqual(['first a', 'second a', 'other b']);
  });

  it('has called synchronous listeners on return, without waiting', () => {
    bus.on(Happened, () => void heard.push('done'));
    void bus.publish(new Happened('a'));
    expect(heard).toEqual(['done']);
  });

  it('keeps a failure, thrown or rejected, from the other listeners and from the publisher', async () => {
    bus.on(Happened, () => {
      throw new Error('thrown');
    });
    bus.on(Happened, async () => {
      await Promise.resolve();
      throw new Error('rejected');
    });
    bus.on(Happened, () => void heard.push('reached'));
    await expect(bus.publish(new Happened('a'))).resolves.toBe(true);
    expect(heard).toEqual(['logged', 'reached', 'logged']);
  });

  it('starts all listeners although one never finishes', () => {
    bus.on(Happened, () => new Promise<void>(() => undefined));
    bus.on(Happened, () => void heard.push('reached'));
    void bus.publish(new Happened('a'));
    expect(heard).toEqual(['reached']);
  });

  it('says when something was not done since what it needs is away', async () => {
    let away = true;
    bus.on(Happened, async () => {
      if (away) throw commonErrors.unavailable();
    });
    expect(await bus.publish(new Happened('a'))).toBe(false);
    away = false;
    expect(await bus.publish(new Happened('b'))).toBe(true);
  });
});
