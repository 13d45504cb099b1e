import type { Shown, Told } from './facts.js';

type Numbered = Shown & { seq?: number };

/**
 * What a client shows of a room: as naive as most clients are, so that whatever the server tells in the wrong order or
 * not at all is seen. It only never shows a message twice.
 */
export class RoomView {
  /** The number up to which it has everything, as far as it knows: where it resumes. */
  newest = 0;
  private messages = new Map<string, Numbered>();
  /** What came while the history was being read, which is newer than that. */
  private meanwhile: Told[] | undefined;
  private entering = true;
  private highest = 0;

  apply(told: Told): void {
    this.meanwhile?.push(told);
    this.highest = Math.max(this.highest, told.seq ?? 0);
    if (!this.entering) this.newest = this.highest;
    if (told.kind === 'message') this.insert([told]);
    else this.replace([told]);
  }

  /** The connection is new: until `caughtUp` something may lack before what is told. */
  beginEntering(): void {
    this.entering = true;
    this.highest = this.newest;
  }

  caughtUp(): void {
    this.entering = false;
    this.newest = this.highest;
  }

  /** To be called before the history is asked for. */
  beginReading(): void {
    this.meanwhile = [];
  }

  /** The whole history, oldest first, replaces what was shown. */
  finishReading(history: readonly Shown[]): void {
    this.messages = new Map(history.map((message) => [message.id, message]));
    const meanwhile = this.meanwhile ?? [];
    this.meanwhile = undefined;
    for (const told of meanwhile) this.apply(told);
  }

  /** Messages that were missed. */
  insert(missed: readonly Numbered[]): void {
    for (const message of missed) if (!this.messages.has(message.id)) this.put(message);
  }

  /** Messages as they are after a change. */
  replace(changed: readonly Numbered[]): void {
    for (const message of changed) {
      const known = this.messages.get(message.id);
      if (known) this.put({ ...message, seq: known.seq });
    }
  }

  /** In the order of their numbers where there are some, else as they came. */
  shows(): Shown[] {
    return [...this.messages.values()]
      .sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
      .map(({ id, text, deleted }) => ({ id, text, deleted }));
  }

  private put({ id, text, deleted, seq }: Numbered): void {
    this.messages.set(id, { id, text: deleted ? '' : text, deleted, seq });
    this.highest = Math.max(this.highest, seq ?? 0);
  }
}
