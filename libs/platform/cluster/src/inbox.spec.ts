import { Inbox } from './inbox.js';

describe('what another server says', () => {
  let inbox: Inbox;
  let heard: number[];
  const say = (...numbers: number[]): void => {
    for (const n of numbers) inbox.receive(n, () => heard.push(n));
  };
  beforeEach(() => {
    inbox = new Inbox();
    heard = [];
  });

  it('is heard from its first word on, whatever was said before', () => {
    say(57, 58);
    expect(heard).toEqual([57, 58]);
    expect(inbox.missing).toBeUndefined();
  });

  it('is heard once, however often it comes', () => {
    say(1, 2, 2, 1, 3);
    expect(heard).toEqual([1, 2, 3]);
  });

  it('waits for what is missing, which is named, and comes in order then', () => {
    say(1, 4, 6, 5);
    expect(heard).toEqual([1]);
    expect(inbox.missing).toEqual({ from: 2, to: 3 });
    say(3, 2);
    expect(heard).toEqual([1, 2, 3, 4, 5, 6]);
    expect(inbox.missing).toBeUndefined();
  });

  it('is missing, too, where its end was lost', () => {
    say(1);
    inbox.announce(3);
    expect(inbox.missing).toEqual({ from: 2, to: 3 });
  });

  it('of a server that only lives so far, nothing is missing', () => {
    inbox.announce(10);
    expect(inbox.missing).toBeUndefined();
    say(11);
    expect(heard).toEqual([11]);
  });

  it('goes on behind what will never come', () => {
    say(1, 5, 3);
    inbox.skipTo(5);
    expect(heard).toEqual([1, 5]);
    inbox.skipTo(2);
    say(6);
    expect(heard).toEqual([1, 5, 6]);
  });
});
