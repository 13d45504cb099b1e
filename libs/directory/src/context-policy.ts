import { mayOverride, type Actor } from '#libs/platform/auth';
import type { Context } from './entities/context.entity.js';

/**
 * What the host says of an object is for its people alone: everyone can guess the number of an order. An object for
 * which the host names nobody is nobody's; a restaurant of that kind is for all.
 */
export const maySeeContext = (actor: Actor, { type, participants }: Context): boolean =>
  mayOverride(actor) ||
  participants.some(({ user_id }) => user_id === actor.id) ||
  (type === 'restaurant' && participants.length === 0);

/** An object of other people is not named by somebody else; one that has no people yet may turn out to be anyone's. */
export const isForeign = (actor: Actor, context: Context): boolean =>
  context.participants.length > 0 && !maySeeContext(actor, context);
