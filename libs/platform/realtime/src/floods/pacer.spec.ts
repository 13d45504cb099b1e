import { jest } from '@jest/globals';
import { FrameBudget } from './frame-budget.js';
import { Pacer } from './pacer.js';

const RATE = { frames: 100, bytes: 10_000 };
const BURST = 200;
const SLICE = 16;

/** One connection, with what it was told to do. */
function connection(shared = new FrameBudget({ frames: 1_000, bytes: 1_000_000 })) {
  const did: string[] = [];
  const heard: number[] = [];
  const flow = {
    pause: () => did.push('pause'),
    resume: () => did.push('resume'),
    flooded: () => did.push('flooded'),
  };
  const pacer = new Pacer(flow as never, new FrameBudget(RATE), shared);
  let next = 0;
  const send = (count: number): void => {
    for (let sent = 0; sent < count; sent += 1) {
      const number = (next += 1);
      if (pacer.pass()) heard.push(number);
      else pacer.wait(() => heard.push(number));
    }
  };
  return { pacer, did, heard, send };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('Pacer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    // The turn of the event loop that all pacers share ends with the test.
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
  });

  it('lets pass at once what is within the budget', () => {
    const { send, heard, did } = connection();
    send(SLICE);
    expect(heard).toEqual(numbers(SLICE));
    expect(did).toEqual([]);
  });

  it('spreads a burst over turns of the event loop, in its order', () => {
    const { send, heard, did } = connection();
    send(BURST);
    expect(heard).toHaveLength(SLICE);
    expect(did).toEqual(['pause']);
    jest.advanceTimersByTime(20);
    expect(heard).toEqual(numbers(BURST));
    expect(did).toEqual(['pause', 'resume']);
  });

  it('slows down to the rate what is beyond, loses nothing, and reads no more meanwhile', () => {
    const { send, heard, did } = connection();
    send(BURST + 100);
    jest.advanceTimersByTime(500);
    expect(heard.length).toBeGreaterThanOrEqual(BURST + 40);
    expect(heard.length).toBeLessThanOrEqual(BURST + 50);
    expect(did).toEqual(['pause']);
    jest.advanceTimersByTime(600);
    expect(heard).toEqual(numbers(BURST + 100));
    expect(did).toEqual(['pause', 'resume']);
  });

  it('calls it a flood when it goes on for five seconds, and lets nothing more pass', () => {
    const { send, heard, did } = connection();
    send(BURST + 2_000);
    jest.advanceTimersByTime(4_900);
    expect(did).toEqual(['pause']);
    jest.advanceTimersByTime(200);
    expect(did).toEqual(['pause', 'flooded']);
    const until = heard.length;
    expect(until).toBeLessThanOrEqual(BURST + 510);
    send(10);
    jest.advanceTimersByTime(10_000);
    expect(heard).toHaveLength(until);
    expect(did).toEqual(['pause', 'flooded']);
  });

  it('adds up what comes as soon as it reads again, and forgets after a calm second', () => {
    const eager = connection();
    const patient = connection();
    eager.send(BURST);
    patient.send(BURST);
    for (let second = 0; second < 10; second += 1) {
      eager.send(100);
      if (second % 4 === 0) patient.send(100);
      jest.advanceTimersByTime(900);
    }
    expect(eager.did).toContain('flooded');
    expect(patient.did).not.toContain('flooded');
  });

  it('counts all connections of a sender together', () => {
    const shared = new FrameBudget({ frames: 150, bytes: 1_000_000 });
    const all = [connection(shared), connection(shared), connection(shared)];
    for (const { send } of all) send(BURST);
    jest.advanceTimersByTime(1_000);
    const heard = all.reduce((sum, each) => sum + each.heard.length, 0);
    expect(heard).toBeLessThanOrEqual(2 * 150 + 150);
    expect(heard).toBeGreaterThanOrEqual(2 * 150 + 140);
    for (const each of all) expect(each.heard.length).toBeGreaterThan(0);
  });

  it('pauses also for bytes that never become a frame', () => {
    const { pacer, send, heard, did } = connection();
    pacer.read(30_000);
    expect(did).toEqual(['pause']);
    send(1);
    jest.advanceTimersByTime(900);
    expect(heard).toEqual([]);
    jest.advanceTimersByTime(300);
    expect(heard).toEqual([1]);
    expect(did).toEqual(['pause', 'resume']);
  });

  it('hears what was said before the connection closed, as far as it may pass', () => {
    const { pacer, send, heard } = connection();
    send(BURST + 100);
    pacer.finish();
    expect(heard).toEqual(numbers(BURST));
    jest.advanceTimersByTime(5_000);
    expect(heard).toHaveLength(BURST);
  });

  it('makes requests beside the frames wait, and counts them', () => {
    const { pacer, send, heard } = connection();
    for (let count = 0; count < BURST; count += 1) expect(pacer.request()).toBe(0);
    expect(pacer.request()).toBeGreaterThan(0);
    send(1);
    expect(heard).toEqual([]);
    jest.advanceTimersByTime(50);
    expect(heard).toEqual([1]);
  });

  it('does not close one who sends too fast but waits for each answer', () => {
    const { send, heard, did } = connection();
    for (let count = 1; count <= 1_500; count += 1) {
      send(1);
      if (heard.length < count) jest.advanceTimersByTime(10);
    }
    expect(heard).toHaveLength(1_500);
    expect(did).not.toContain('flooded');
  });
});
