import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '#libs/platform/auth';
import { Cluster } from '#libs/platform/cluster';
import { AppConfig } from '#libs/platform/config';
import { Turns } from '#libs/platform/events';
import { dialectRoom, RealtimeServer, type ChatSocket } from '#libs/platform/realtime';
import { MARKETPLACE_DIALECT } from './marketplace.dialect.js';
import { marketplaceErrors } from './marketplace.errors.js';

const TOPIC = 'marketplace-drop-stale';
/** A connection that does not answer for so long is taken for dead. */
const ANSWER_MS = 1_000;
const NAMESPACE = '/';

/** The connections of a person that authenticated for this contract, under a name of their own. */
export const chatsOf = (userId: string): string => `chats-of:${userId}`;

/** What of Engine.IO's connection is needed to ask whether its other end is there. */
interface Transport {
  readyState: string;
  sendPacket?(type: 'ping'): void;
  once(event: 'heartbeat', listener: () => void): void;
  off(event: 'heartbeat', listener: () => void): void;
}

/** How many connections a person has in this contract. The dead ones make place for new ones. */
@Injectable()
export class ChatConnections implements OnModuleInit {
  private readonly logger = new Logger(ChatConnections.name);
  /** Those of one person come one after the other: two who take the last place at once do not both get it. */
  private readonly turns = new Turns();

  constructor(
    private readonly config: AppConfig,
    private readonly realtime: RealtimeServer,
    private readonly cluster: Cluster,
  ) {}

  onModuleInit(): void {
    this.cluster.on(TOPIC, (userId) => {
      this.dropStale(String(userId)).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'Stale connections could not be dropped'),
      );
    });
  }

  /** @throws RATE_LIMITED when the person has as many connections as one may have, and all of them live. */
  admit(actor: Actor, socket: ChatSocket): Promise<void> {
    return this.turns.take(actor.id, () => this.enter(actor.id, socket));
  }

  private async enter(userId: string, socket: ChatSocket): Promise<void> {
    const room = dialectRoom(MARKETPLACE_DIALECT, chatsOf(userId));
    const limit = this.config.marketplace.connectionsPerUser;
    if (socket.rooms.has(room) || !socket.connected) return;
    if ((await this.count(room)) >= limit) {
      void this.cluster.publish(TOPIC, userId);
      await this.dropStale(userId);
      // The other servers were told before, and wait no longer than this one did.
      if (this.cluster.shared) await sleep(ANSWER_MS);
      if ((await this.count(room)) >= limit) throw marketplaceErrors.tooManyConnections(limit);
    }
    await socket.join(room);
    // Another server may have let one in at the same time.
    if (!this.cluster.shared || (await this.count(room)) <= limit) return;
    await socket.leave(room);
    throw marketplaceErrors.tooManyConnections(limit);
  }

  private async count(room: string): Promise<number> {
    return (await this.realtime.socketsIn(NAMESPACE, room)).length;
  }

  private async dropStale(userId: string): Promise<void> {
    const { adapter, sockets } = this.realtime.namespace(NAMESPACE);
    const ids = adapter.rooms.get(dialectRoom(MARKETPLACE_DIALECT, chatsOf(userId))) ?? [];
    await Promise.all(
      [...ids].map(async (id) => {
        const socket = sockets.get(id);
        if (socket && !(await answers(socket.conn as unknown as Transport))) socket.disconnect(true);
      }),
    );
  }
}

/** Engine.IO asks by itself only now and then; a client answers each ping at once. */
function answers(transport: Transport): Promise<boolean> {
  if (transport.readyState !== 'open') return Promise.resolve(false);
  // Without it nothing is known; Engine.IO finds the dead ones in its own time.
  if (!transport.sendPacket) return Promise.resolve(true);
  return new Promise((resolve) => {
    const alive = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      transport.off('heartbeat', alive);
      resolve(false);
    }, ANSWER_MS);
    transport.once('heartbeat', alive);
    transport.sendPacket?.('ping');
  });
}
