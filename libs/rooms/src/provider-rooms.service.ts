import { Injectable } from '@nestjs/common';
import { mayOverride, type Actor } from '#libs/platform/auth';
import { AuditLog } from '#libs/platform/audit';
import { Database } from '#libs/platform/database';
import { ContextsService, UsersService } from '#libs/directory';
import { directDedupeKey } from './direct-rooms.repository.js';
import { MembersService } from './members.service.js';
import { RoomAccessService } from './room-access.service.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { RoomsRepository, type NewRoom } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';

/** A provider and a customer, and what their conversation is about. */
export interface ProviderAndCustomer {
  providerId: string;
  customerId: string;
  orderId?: string | undefined;
}

/** The same provider, customer and order have one room. */
const orderDedupeKey = (providerId: string, customerId: string, orderId: string): string =>
  `order:${JSON.stringify([providerId, customerId, orderId])}`;

/** Rooms between a provider and a customer: about an order, or the direct room of the two. */
@Injectable()
export class ProviderRoomsService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly contexts: ContextsService,
    private readonly rooms: RoomsService,
    private readonly repository: RoomsRepository,
    private readonly members: MembersService,
    private readonly access: RoomAccessService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Opens the room of these two, or answers the one there is; who of the two had left it and asks is let in again.
   * @throws ACCESS_DENIED for people who are neither of them, FORBIDDEN for an order that is others',
   * INVALID_PARTICIPANTS, UNKNOWN_USERS
   */
  async open(actor: Actor, pair: ProviderAndCustomer): Promise<{ room: RoomView; created: boolean }> {
    const { providerId, customerId } = pair;
    if (providerId === customerId)
      throw roomErrors.invalidParticipants('Provider and customer must be two different people.');
    const isOneOfThem = actor.id === providerId || actor.id === customerId;
    if (!isOneOfThem || actor.family === 'service') await this.requireOverride(actor, pair);
    await this.requireProvider(actor, providerId);
    await this.requireCustomer(actor, customerId);
    await this.requireOrder(actor, pair);
    const { room, created } = await this.database.transaction(async (tx) => {
      await this.users.ensure(tx, [
        { id: providerId, role: 'provider' },
        { id: customerId, role: 'customer' },
      ]);
      return this.rooms.openIn(
        tx,
        actor.family === 'service' ? null : actor.id,
        { ...planOf(pair), createdBy: actor.family === 'service' ? null : actor.id },
        [providerId, customerId],
      );
    });
    if (!created && isOneOfThem && !(await this.access.membership(room.id, actor.id)))
      await this.members.enter(room, [actor.id], 'joined');
    return { room, created };
  }

  private async requireOverride(
    actor: Actor,
    { providerId, customerId }: ProviderAndCustomer,
  ): Promise<void> {
    if (!mayOverride(actor))
      throw roomErrors.accessDenied('You are neither the provider nor the customer of this conversation.');
    await this.audit.record(actor, {
      action: 'conversation.override.open',
      targetType: 'user',
      targetId: `${providerId}, ${customerId}`,
    });
  }

  /** One that is open already is answered: what the directory says of the order may have changed since. */
  private async requireOrder(
    actor: Actor,
    { providerId, customerId, orderId }: ProviderAndCustomer,
  ): Promise<void> {
    if (orderId === undefined) return;
    const key = orderDedupeKey(providerId, customerId, orderId);
    if (await this.repository.byDedupeKey(this.database, key)) return;
    await this.contexts.requireNotForeign(actor, 'order', orderId);
  }

  /** People whom the chat does not know yet may turn out to be providers; customers are none. */
  private async requireProvider(actor: Actor, providerId: string): Promise<void> {
    const provider = await this.users.find(providerId);
    if (!provider || provider.placeholder || provider.family !== 'customer') return;
    if (actor.id === providerId) throw roomErrors.accessDenied('You are a customer, not a provider.');
    throw roomErrors.invalidParticipants('The provider is a customer.', 'provider_id');
  }

  /** As for providers: people whom the chat does not know yet may turn out to be customers. */
  private async requireCustomer(actor: Actor, customerId: string): Promise<void> {
    const customer = await this.users.find(customerId);
    if (!customer || customer.placeholder || customer.family !== 'staff') return;
    if (actor.id === customerId) throw roomErrors.accessDenied('You are a provider, not a customer.');
    throw roomErrors.invalidParticipants('The customer is a provider.', 'customer_id');
  }
}

function planOf({ providerId, customerId, orderId }: ProviderAndCustomer): NewRoom {
  const metadata = { provider_id: providerId, customer_id: customerId };
  if (orderId === undefined)
    return {
      type: 'direct',
      isPrivate: true,
      dedupeKey: directDedupeKey([providerId, customerId]),
      metadata,
    };
  return {
    type: 'order',
    isPrivate: true,
    dedupeKey: orderDedupeKey(providerId, customerId, orderId),
    contextType: 'order',
    contextId: orderId,
    metadata,
  };
}
