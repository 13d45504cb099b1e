/** One person's view of the room: a socket of their own, and what it says. */
import { io } from '/socket.io/socket.io.esm.min.js';
import { MessageList } from '/assets/message-list.js';

const ACK_MS = 8_000;
const TYPING_EVERY_MS = 3_000;
const TYPING_IDLE_MS = 2_500;

let lastClientId = 0;
const newClientId = () => `page-${Date.now()}-${(lastClientId += 1)}`;

export class Pane {
  #peers = new Map();
  #unread = 0;
  #typingSince = 0;
  #typingStop;

  /** @param token gives a fresh token, @param history answers messages after a sequence number */
  constructor({ person, room, token, history, template }) {
    Object.assign(this, { person, room, token, history });
    this.element = template.content.firstElementChild.cloneNode(true);
    this.parts = Object.fromEntries(
      [
        'name',
        'role',
        'unread',
        'connection',
        'toggle',
        'peer',
        'messages',
        'typing',
        'error',
        'form',
        'label',
        'input',
      ].map((part) => [part, this.element.querySelector(`[data-${part}]`)]),
    );
    this.messages = new MessageList(this.parts.messages, person.sub);
    this.#describe();
    this.#listenToPerson();
  }

  /** @returns a promise of the first answer to join_room. */
  connect() {
    this.socket = io('/chat', { auth: (give) => this.#authenticate(give), forceNew: true });
    this.#listenToServer();
    return new Promise((resolve) => this.socket.once('room_joined', resolve));
  }

  close() {
    this.socket?.disconnect();
  }

  #describe() {
    const { name, role, label, messages, input } = this.parts;
    const id = `message-of-${this.person.sub}`;
    name.textContent = this.person.name;
    role.textContent = `${this.person.role}, id ${this.person.sub}`;
    label.textContent = `Write as ${this.person.name}`;
    label.htmlFor = id;
    input.id = id;
    messages.setAttribute('aria-label', `Messages as ${this.person.name} sees them`);
    this.element.setAttribute('aria-label', this.person.name);
  }

  #listenToPerson() {
    const { form, input, toggle } = this.parts;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    input.addEventListener('input', () => this.#type());
    input.addEventListener('blur', () => this.#stopTyping());
    toggle.addEventListener('click', () =>
      this.socket.connected ? this.socket.disconnect() : this.socket.connect(),
    );
    for (const event of ['focusin', 'pointerenter']) this.element.addEventListener(event, () => this.#look());
  }

  #listenToServer() {
    const { socket } = this;
    socket.on('connect', () => void this.#join());
    socket.on('disconnect', () => this.#showConnection('bad', 'offline'));
    socket.on('connect_error', (error) => {
      this.#showConnection('bad', 'cannot connect');
      this.#showError(`Connection refused: ${error.message}`);
    });
    socket.on('new_message', (message) => this.#receive(message));
    socket.on('message_read', ({ user, message_id, seq, up_to: upTo }) => {
      if (!this.#isMe(user)) this.messages.receipt('read', { message_id, seq, upTo });
    });
    socket.on('message_delivered', ({ user, message_id, seq }) => {
      if (!this.#isMe(user)) this.messages.receipt('delivered', { message_id, seq, upTo: true });
    });
    socket.on('user_typing', ({ user }) => (this.parts.typing.textContent = `${user.name} is typing…`));
    socket.on('user_stopped_typing', () => (this.parts.typing.textContent = ''));
    socket.on('user_online', ({ user }) => this.#showPeer(user, 'online'));
    socket.on('user_offline', ({ user, last_seen: seen }) =>
      this.#showPeer(user, `offline, last seen ${new Date(seen).toLocaleTimeString()}`),
    );
    socket.on('online_users', ({ users }) => {
      for (const user of users) this.#showPeer(user, 'online');
    });
    socket.on('message_error', ({ message, error_code: code }) => this.#showError(`${message} (${code})`));
  }

  async #authenticate(give) {
    try {
      give({ token: await this.token() });
    } catch (error) {
      this.#showError(error.message);
      give({});
    }
  }

  /** After every connection: join, then ask for what was missed by the last sequence number seen. */
  async #join() {
    this.#showConnection('good', 'online');
    this.#showError('');
    try {
      const joined = await this.#ask('join_room', { room_id: this.room });
      for (const user of joined.participants) {
        if (!this.#isMe(user) && !this.#peers.has(user.id)) this.#showPeer(user, 'offline');
      }
      await this.#ask('get_online_users', { room_id: this.room });
      const { messages } = await this.history(this.messages.lastSeq);
      for (const message of messages) this.#receive(message);
    } catch (error) {
      this.#showError(error.message);
    }
  }

  async #ask(event, payload) {
    const answer = await this.socket.timeout(ACK_MS).emitWithAck(event, payload);
    if (answer.success) return answer.data;
    throw new Error(`${answer.error} (${answer.code})`);
  }

  async #send() {
    const { input } = this.parts;
    const text = input.value.trim();
    if (text === '') return;
    if (!this.socket.connected) {
      this.#showError('You are offline: go online to send.');
      return;
    }
    input.value = '';
    this.#showError('');
    this.#stopTyping();
    const clientId = newClientId();
    this.messages.addPending(clientId, text);
    const payload = { room_id: this.room, message: text, message_type: 'text', client_id: clientId };
    await this.#ask('send_message', payload).then(
      (message) => this.messages.add(message),
      (error) => {
        this.messages.fail(clientId);
        this.#showError(error.message);
      },
    );
  }

  #receive(message) {
    const fresh = this.messages.add(message);
    this.parts.typing.textContent = '';
    if (!fresh || message.read_by.some(({ user_id: id }) => String(id) === this.person.sub)) return;
    if (this.element.matches(':focus-within, :hover')) {
      this.#markRead();
      return;
    }
    this.#showUnread(this.#unread + 1);
    this.socket.emit('mark_delivered', { room_id: this.room, up_to_message_id: message.id });
  }

  #look() {
    if (this.#unread > 0 && this.socket?.connected) this.#markRead();
  }

  #markRead() {
    this.#showUnread(0);
    this.socket.emit('mark_read', { room_id: this.room });
  }

  #type() {
    if (!this.socket.connected) return;
    if (Date.now() - this.#typingSince > TYPING_EVERY_MS) {
      this.#typingSince = Date.now();
      this.socket.emit('typing_start', { room_id: this.room });
    }
    clearTimeout(this.#typingStop);
    this.#typingStop = setTimeout(() => this.#stopTyping(), TYPING_IDLE_MS);
  }

  #stopTyping() {
    clearTimeout(this.#typingStop);
    if (this.#typingSince === 0) return;
    this.#typingSince = 0;
    if (this.socket.connected) this.socket.emit('typing_stop', { room_id: this.room });
  }

  #isMe(user) {
    return String(user.id) === this.person.sub;
  }

  #showPeer(user, state) {
    if (this.#isMe(user)) return;
    this.#peers.set(user.id, `${user.name} is ${state}`);
    this.parts.peer.textContent = [...this.#peers.values()].join(' · ');
  }

  #showConnection(state, text) {
    this.parts.connection.parentElement.dataset.state = state;
    this.parts.connection.textContent = text;
    this.parts.toggle.textContent = state === 'good' ? 'Go offline' : 'Go online';
  }

  #showUnread(count) {
    this.#unread = count;
    this.parts.unread.hidden = count === 0;
    this.parts.unread.textContent = String(count);
    this.parts.unread.setAttribute('aria-label', `${count} unread`);
  }

  #showError(text) {
    this.parts.error.textContent = text;
    this.parts.error.hidden = text === '';
  }
}
