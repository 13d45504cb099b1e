import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  enumeration,
  Field,
  type FieldOptions,
  idOf,
  type Kind,
  ListField,
  type ListOptions,
  rawTextOf,
  withRule,
} from '#libs/platform/validation';
import { MESSAGE_TYPES } from '../entities/message.entity.js';

export const messageTypes = enumeration('MessageType', MESSAGE_TYPES);

const EXAMPLE_ID = 'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';

/** A message id in any form; a malformed one answers like an unknown one. */
export const messageIdKind = idOf('must be a message id', {
  description: 'Id as in `id` of a message',
  example: EXAMPLE_ID,
});
export const MessageId = (options?: FieldOptions) => Field(messageIdKind, options);
export const MessageIds = (options?: ListOptions) => ListField(messageIdKind, options);

const CLIENT_ID_MAX = 128;
const clientIdSchema = {
  oneOf: [{ type: 'string', minLength: 1, maxLength: CLIENT_ID_MAX }, { type: 'number' }],
};

/** Ids that clients choose, to tell a repeat from a new message. A number is told back as one. */
export const clientIdKind: Kind = {
  schema: clientIdSchema,
  rules: [
    {
      name: 'isClientId',
      holds: (value) =>
        typeof value === 'string'
          ? value !== '' && value.length <= CLIENT_ID_MAX
          : typeof value === 'number' && Number.isFinite(value),
      message: `must be a text of 1 to ${CLIENT_ID_MAX} characters`,
    },
  ],
};
export type ClientIdValue = string | number;

/** May be left out or null. */
export const ClientId = (options: FieldOptions = {}) =>
  Field(clientIdKind, { optional: true, nullable: true, ...options });

/** In answers and events: the id that the sender chose. */
export const ApiClientId = () =>
  applyDecorators(
    ApiProperty({
      oneOf: [{ type: 'string' }, { type: 'number' }],
      nullable: true,
      description:
        'The id that the sender chose: a number where one was given, also in the event of the new message; read later, it is text',
    }),
  ) as PropertyDecorator;

const REACTION_MAX = 32;
const REACTION = /^[^\s\p{C}]\S*$/u;

const reactionText = rawTextOf(REACTION_MAX, { trim: true, filled: true, notText: 'must be an emoji' });

/** An emoji, or a short name such as :shipit:. */
export const reactionKind = withRule(
  { ...reactionText, schema: { ...reactionText.schema, example: '❤️' } },
  'isReaction',
  (value: string) => REACTION.test(value),
  'must be an emoji or a name without spaces',
);
export const ReactionName = (options?: FieldOptions) => Field(reactionKind, options);

const MOST_TEXT = 1_000_000;

const messageText = rawTextOf(MOST_TEXT);

/**
 * The text of a message. How long it may be is the service's rule: it is configurable and has its own code; this only
 * bounds what is looked at.
 */
export const messageTextKind: Kind = {
  ...messageText,
  schema: { ...messageText.schema, description: 'At most 2,000 characters' },
};
export const MessageText = (options?: FieldOptions) => Field(messageTextKind, options);
