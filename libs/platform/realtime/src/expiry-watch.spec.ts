import { ExpiryWatch } from './expiry-watch.js';
import type { ChatSocket } from './socket-types.js';

const NOON = 1_800_000_000;
const HOUR = 3_600;

describe('ExpiryWatch', () => {
  let seconds = NOON;
  let ended: ChatSocket[] = [];
  let watch: ExpiryWatch;
  const socket = (): ChatSocket => ({}) as ChatSocket;
  const lookAt = (time: number): ChatSocket[] => {
    seconds = time;
    ended = [];
    watch.check();
    return ended;
  };

  beforeEach(() => {
    seconds = NOON;
    watch = new ExpiryWatch(
      (expired) => ended.push(expired),
      () => seconds * 1_000,
    );
  });
  afterEach(() => watch.stop());

  it('ends each socket once, at the end of its token and not before', () => {
    const [first, second, forever] = [socket(), socket(), socket()];
    watch.add(first, NOON + 10);
    watch.add(second, NOON + 10.5);
    watch.add(forever, undefined);
    expect(lookAt(NOON + 9.9)).toEqual([]);
    expect(lookAt(NOON + 10)).toEqual([first]);
    expect(lookAt(NOON + 10.9)).toEqual([]);
    expect(lookAt(NOON + 11)).toEqual([second]);
    expect(lookAt(NOON + HOUR)).toEqual([]);
  });

  it('ends at the next look what came with its end behind it', () => {
    const late = socket();
    lookAt(NOON + 60);
    watch.add(late, NOON + 58);
    expect(lookAt(NOON + 60)).toEqual([late]);
  });

  it('leaves what was removed, and what was renewed until its new end', () => {
    const [gone, renewed] = [socket(), socket()];
    for (const each of [gone, renewed]) watch.add(each, NOON + 10);
    for (const each of [gone, renewed]) watch.remove(each);
    watch.add(renewed, NOON + 20);
    expect(lookAt(NOON + 10)).toEqual([]);
    expect(lookAt(NOON + 20)).toEqual([renewed]);
  });

  it('judges by the clock of the moment after it jumped forward and back', () => {
    const [before, after] = [socket(), socket()];
    watch.add(before, NOON + 2 * HOUR);
    expect(lookAt(NOON + HOUR)).toEqual([]);
    seconds = NOON;
    watch.add(after, NOON + 30);
    expect(lookAt(NOON + 29)).toEqual([]);
    expect(lookAt(NOON + 30)).toEqual([after]);
    expect(lookAt(NOON + 2 * HOUR)).toEqual([before]);
  });

  it('looks at what there is, not at every second that passed', () => {
    const one = socket();
    watch.add(one, NOON + 10);
    // Second by second this would take minutes.
    expect(lookAt(NOON * 10_000)).toEqual([one]);
  });
});
