import type { Told } from './facts.js';
import { RoomView } from './view.js';

const told = (id: string, text: string, more: Partial<Told> = {}): Told => ({
  at: 0,
  room: 'room',
  id,
  kind: 'message',
  text,
  deleted: false,
  ...more,
});
const gone = (id: string): Told => told(id, '', { kind: 'deleted', deleted: true });
const texts = (view: RoomView): string[] =>
  view.shows().map(({ text, deleted }) => (deleted ? 'deleted' : text));

describe('what a client shows of a room', () => {
  let view: RoomView;
  beforeEach(() => (view = new RoomView()));

  it('is what it was told, each message once', () => {
    for (const entry of [told('a', 'one'), told('b', 'two'), told('a', 'one again')]) view.apply(entry);
    expect(texts(view)).toEqual(['one', 'two']);
  });

  it('follows edits and deletions as they come, be they right or wrong', () => {
    view.apply(told('a', 'one'));
    view.apply(told('a', 'newer', { kind: 'edited' }));
    expect(texts(view)).toEqual(['newer']);
    view.apply(gone('a'));
    expect(texts(view)).toEqual(['deleted']);
    view.apply(told('a', 'older', { kind: 'edited' }));
    expect(texts(view)).toEqual(['older']);
  });

  it('is replaced by the history, and what came meanwhile is newer', () => {
    view.apply(told('a', 'one'));
    view.beginReading();
    view.apply(told('c', 'three'));
    view.apply(told('b', 'two, edited', { kind: 'edited' }));
    view.finishReading([
      { id: 'a', text: '', deleted: true },
      { id: 'b', text: 'two', deleted: false },
    ]);
    expect(texts(view)).toEqual(['deleted', 'two, edited', 'three']);
  });

  it('is ordered by number, and resumes after the last one of which nothing lacks', () => {
    view.caughtUp();
    for (const seq of [1, 2]) view.apply(told(`${seq}`, `${seq}`, { seq }));
    expect(view.newest).toBe(2);
    view.beginEntering();
    view.apply(told('5', '5', { seq: 5 }));
    expect(view.newest).toBe(2);
    view.insert([3, 4].map((seq) => ({ id: `${seq}`, text: `${seq}`, deleted: false, seq })));
    view.caughtUp();
    expect(view.newest).toBe(5);
    expect(texts(view)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('takes changes of messages that it knows', () => {
    view.apply(told('a', 'one', { seq: 1 }));
    view.replace([
      { id: 'a', text: 'changed', deleted: false },
      { id: 'unknown', text: 'x', deleted: false },
    ]);
    expect(texts(view)).toEqual(['changed']);
  });
});
