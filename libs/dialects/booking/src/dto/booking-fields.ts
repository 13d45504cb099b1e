import { messageTextKind } from '#libs/messages';
import { Field, withRule, type Kind } from '#libs/platform/validation';
import { RoomRef } from '#libs/rooms';

/** A chat session by its id. */
export const SessionId = ({ optional }: { optional?: boolean } = {}) =>
  RoomRef({
    description: 'Id of the chat session',
    example: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
    optional,
  });

/** What is said of `page`. */
export const PAGE = 'Page number; page 1 is the newest';

/** Clients that always append their filters send empty ones. */
export const unlessEmpty = (kind: Kind): Kind => ({
  ...kind,
  read: (value) => (value === '' ? undefined : kind.read ? kind.read(value) : value),
});

const contentKind = withRule(
  messageTextKind,
  'isNotBlank',
  (text: string) => text.trim() !== '',
  'must not be empty',
);
/** The text of a message: not blank, unlike in the canonical API. */
export const Content = () => Field(contentKind);
