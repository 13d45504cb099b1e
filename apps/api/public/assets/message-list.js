/** The messages of one pane. All text of people goes through textContent. */
const TICKS = {
  sending: ['…', 'sending'],
  stored: ['✓', 'stored'],
  delivered: ['✓✓', 'delivered'],
  read: ['✓✓', 'read'],
  failed: ['!', 'not sent'],
};
const ORDER = ['failed', 'sending', 'stored', 'delivered', 'read'];

const element = (tag, className, text = '') =>
  Object.assign(document.createElement(tag), { className, textContent: text });

export class MessageList {
  /** Entries by message id, and by client id while the message is on its way. */
  #entries = new Map();

  constructor(list, me) {
    this.list = list;
    this.me = me;
  }

  get lastSeq() {
    return Math.max(0, ...[...this.#entries.values()].map((entry) => entry.seq ?? 0));
  }

  /** A message of this pane that is on its way. */
  addPending(clientId, text) {
    this.#add(
      clientId,
      { seq: undefined, mine: true, text, name: '', time: new Date(), type: 'text' },
      'sending',
    );
  }

  fail(clientId) {
    const entry = this.#entries.get(clientId);
    if (!entry) return;
    entry.item.classList.add('failed');
    this.#mark(entry, 'failed');
  }

  /** A stored message, new or from the history. @returns whether it was unknown and another's. */
  add(message) {
    if (this.#entries.has(message.id)) return false;
    const mine = String(message.sender.id) === this.me;
    const pending = mine && message.client_id ? this.#entries.get(message.client_id) : undefined;
    if (pending) {
      this.#entries.delete(message.client_id);
      pending.seq = message.seq;
      this.#entries.set(message.id, pending);
      this.#mark(pending, 'stored');
      this.list.append(pending.item);
    } else {
      const { seq, message: text, message_type: type, sender, timestamp } = message;
      this.#add(
        message.id,
        { seq, mine, text, type, name: sender.name, time: new Date(timestamp) },
        'stored',
      );
    }
    if (mine && message.read_by.length > 0) this.#mark(this.#entries.get(message.id), 'read');
    this.list.scrollTop = this.list.scrollHeight;
    return !mine && !pending;
  }

  /** Another's receipt: for one message, or for all up to it. */
  receipt(kind, { message_id: id, seq, upTo }) {
    for (const [key, entry] of this.#entries) {
      const meant = key === id || (upTo && entry.seq !== undefined && entry.seq <= seq);
      if (entry.mine && meant) this.#mark(entry, kind);
    }
  }

  #add(key, { seq, mine, text, name, time, type }, state) {
    const kind = type === 'system' || type === 'status_update' ? 'system' : mine ? 'mine' : '';
    const item = element('li', `message ${kind}`.trim());
    if (kind !== 'system' && !mine) item.append(element('span', 'only-read', `${name}: `));
    item.append(element('p', '', text));
    const entry = {
      item,
      seq,
      mine,
      state: undefined,
      ticks: element('span', 'ticks'),
      spoken: element('span', 'only-read'),
    };
    if (kind !== 'system') {
      const foot = element(
        'footer',
        '',
        `${time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })} `,
      );
      entry.ticks.ariaHidden = 'true';
      if (mine) foot.append(entry.ticks, entry.spoken);
      item.append(foot);
    }
    this.#entries.set(key, entry);
    if (mine) this.#mark(entry, state);
    this.list.append(item);
    this.list.scrollTop = this.list.scrollHeight;
  }

  /** Marks only move forward. */
  #mark(entry, state) {
    if (state !== 'failed' && ORDER.indexOf(state) <= ORDER.indexOf(entry.state)) return;
    const [ticks, spoken] = TICKS[state];
    entry.state = state;
    entry.ticks.textContent = ticks;
    entry.ticks.classList.toggle('read', state === 'read');
    entry.ticks.title = spoken;
    entry.spoken.textContent = ` ${spoken}`;
  }
}
