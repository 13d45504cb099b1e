import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Attempt, Connection, Told } from '../checker/facts.js';
import { RoomView } from '../checker/view.js';
import type { Journal } from '../journal.js';
import type { Random } from '../random.js';
import type { ChatNode } from '../stage/chat-node.js';
import type { Stage } from '../stage/stage.js';
import type { Dialect, Heard } from './dialect.js';
import { ask, call, NoAnswer, Refused, type Link } from './link.js';

const CONNECT_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 40;
/** What is worth another try; everything else is the last word. */
const TRY_AGAIN = new Set(['SERVICE_UNAVAILABLE', 'INTERNAL', 'MESSAGE_SEND_FAILED', 'RATE_LIMITED']);
const mayPass = (code: string): boolean => TRY_AGAIN.has(code) || code.startsWith('HTTP 5');

export interface Person {
  id: string;
  role: string;
  token: string;
}

/** What all clients of a run share. */
export interface Surroundings {
  stage: Stage;
  journal: Journal;
  random: Random;
}

/** Which server a request goes to, where that matters. */
interface Where {
  at?: ChatNode;
  avoid?: ChatNode;
}

interface OpenLink extends Link {
  node: ChatNode;
  connection: Connection;
}

/** One device of a person, in one dialect: comes back by itself, joins its rooms again, and catches up. */
export class Client {
  readonly views = new Map<string, RoomView>();
  /** Rooms that the server does not let it into. */
  readonly barred = new Set<string>();
  private link: OpenLink | undefined;
  private socket: Socket | undefined;
  private sessions = 0;
  private stopped = false;
  private life: Promise<void> | undefined;
  /** Ends waiting for a connection that is only being made, of which no event tells. */
  private leave: () => void = () => undefined;

  /** @param at the server to begin with; later the one that the balancer says */
  constructor(
    readonly name: string,
    readonly person: Person,
    readonly dialect: Dialect,
    readonly rooms: readonly string[],
    private readonly around: Surroundings,
    private at?: ChatNode,
  ) {
    for (const room of rooms) this.views.set(room, new RoomView());
  }

  start(): void {
    this.life = this.live();
  }

  /** Goes for good, as who closes the page. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.socket?.disconnect();
    this.leave();
    await this.life;
  }

  /** The connection that has joined every room and caught up; undefined while there is none. */
  get connection(): Connection | undefined {
    return this.link?.connection;
  }

  get isStarted(): boolean {
    return this.life !== undefined;
  }

  /** Whether the server holds a connection of it, be it caught up or not. */
  get isConnected(): boolean {
    return this.socket?.connected ?? false;
  }

  /**
   * Tries until it is done or refused for good; each try is noted.
   * @param once gives up after the first try, withinMs after so long
   */
  async insist<T>(
    attempts: Attempt[],
    way: 'socket' | 'rest',
    act: (link: Link) => Promise<T>,
    { once = false, withinMs = Infinity, ...where }: { once?: boolean; withinMs?: number } & Where = {},
  ): Promise<T | undefined> {
    const { journal, random } = this.around;
    const end = performance.now() + withinMs;
    for (;;) {
      const link = way === 'socket' ? await this.joined() : this.restLink(where);
      if (!link) return undefined;
      const at = journal.now();
      const connection = way === 'socket' ? link.connection?.name : undefined;
      const note = (outcome: Attempt['outcome'], code?: string): void =>
        void attempts.push({ at, until: journal.now(), node: link.node.name, connection, outcome, code });
      try {
        const done = await act(link);
        note('done');
        return done;
      } catch (error) {
        if (error instanceof Refused) note('refused', error.code);
        else if (error instanceof NoAnswer) note(error.how);
        else throw error;
        // A server that is silent is left for another one.
        if (error instanceof NoAnswer && error.how === 'timeout') where.avoid = link.node;
        if (error instanceof Refused && !mayPass(error.code)) return undefined;
      }
      if (once || this.stopped || performance.now() > end) return undefined;
      await sleep(random.between(300, 900));
    }
  }

  private async joined(): Promise<OpenLink | undefined> {
    while (!this.link && !this.stopped) await sleep(LOOK_EVERY_MS);
    return this.stopped ? undefined : this.link;
  }

  /** Requests go where the balancer leads them, as a rule to the server that has the socket. */
  private restLink({ at, avoid }: Where): Link & { node: ChatNode; connection?: Connection } {
    const { stage, random } = this.around;
    const own = this.link?.node;
    const usual = own && own.state === 'up' && own !== avoid ? own : random.pick(stage.healthy(avoid));
    const node = at ?? usual;
    return { node, ...this.abilities(node, this.socket) };
  }

  private abilities(node: ChatNode, socket: Socket | undefined): Link {
    return {
      ask: (event, payload, took) =>
        socket ? ask(socket, event, payload, took) : Promise.reject(new NoAnswer('cut')),
      call: (method, path, body) => call(node.url + path, this.person.token, method, body),
      emit: (event, payload) => void (socket?.connected && socket.emit(event, payload)),
    };
  }

  private async live(): Promise<void> {
    const { stage, random } = this.around;
    for (let failures = 0; !this.stopped;) {
      const node = this.at ?? random.pick(stage.healthy());
      this.at = undefined;
      failures = (await this.session(node)) ? 0 : failures + 1;
      if (!this.stopped) await sleep(random.between(200, 600) * Math.min(1 + failures, 4));
    }
  }

  /** @returns whether it had come in */
  private async session(node: ChatNode): Promise<boolean> {
    const socket = io(node.url + this.dialect.namespace, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: CONNECT_WITHIN_MS,
      ...(this.dialect.greet ? {} : { auth: { token: this.person.token } }),
    });
    this.socket = socket;
    const over = new Promise<string>((resolve) => {
      socket.on('connect_error', () => resolve('connect_error'));
      socket.on('disconnect', resolve);
      this.leave = () => resolve('left');
    });
    const connection = this.listen(socket, node);
    const link: OpenLink = { node, connection, ...this.abilities(node, socket) };
    const connected = new Promise<true>((resolve) => socket.on('connect', () => resolve(true)));
    let wasIn = false;
    if ((await Promise.race([connected, over])) === true) {
      this.around.journal.connections.push(connection);
      wasIn = await this.enter(link).catch(() => false);
      if (wasIn) {
        this.link = link;
        const reason = await over;
        if (reason === 'io server disconnect' && !this.stopped)
          this.around.journal.troubles.push(`${connection.name} was sent away for good: ${reason}`);
      }
    }
    this.link = undefined;
    socket.disconnect();
    connection.closedAt = this.around.journal.now();
    return wasIn;
  }

  private listen(socket: Socket, node: ChatNode): Connection {
    const { journal } = this.around;
    this.sessions += 1;
    const connection: Connection = {
      name: `${this.name}#${this.sessions}`,
      person: this.person.id,
      dialect: this.dialect.name,
      node: node.name,
      openedAt: journal.now(),
      told: [],
      refusedJoins: 0,
    };
    for (const [event, read] of Object.entries(this.dialect.hears))
      socket.on(event, (payload: unknown) => this.take(connection, read(payload as never)));
    return connection;
  }

  private take(connection: Connection, heard: Heard): void {
    const told: Told = { ...heard, at: this.around.journal.now() };
    connection.told.push(told);
    this.views.get(heard.room)?.apply(told);
  }

  private async enter(link: OpenLink): Promise<boolean> {
    await this.dialect.greet?.(link, this.person.token);
    for (const room of this.rooms) {
      const view = this.views.get(room) as RoomView;
      view.beginEntering();
      while (!this.barred.has(room)) {
        try {
          await this.dialect.enter(link, room, view, (heard) => this.take(link.connection, heard));
          view.caughtUp();
          break;
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          if (mayPass(error.code)) {
            link.connection.refusedJoins += 1;
            await sleep(500);
          } else this.barred.add(room);
        }
      }
    }
    return true;
  }
}
