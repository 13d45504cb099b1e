import { defineDialect } from '#libs/platform/dialects';

export const MARKETPLACE_DIALECT = 'marketplace';

/** Below this stand all routes of the contract. */
export const PREFIX = 'api/provider-customer-chat';

/** contracts/marketplace. Its document has no codes: these are the common ones, and its own word for a room. */
export const marketplaceDialect = defineDialect({
  name: MARKETPLACE_DIALECT,
  description: 'The marketplace contract: conversations of providers and customers',
  namespaces: ['/'],
  rest: { prefixes: [PREFIX] },
  codes: {
    ROOM_NOT_FOUND: 'NOT_FOUND',
    ACCESS_DENIED: 'FORBIDDEN',
    ROOM_INACTIVE: 'CONVERSATION_INACTIVE',
    INVALID_PARTICIPANTS: 'VALIDATION_ERROR',
    UNKNOWN_USERS: 'VALIDATION_ERROR',
  },
  fields: {
    message: 'content',
    message_type: 'messageType',
    reply_to: 'replyToId',
    participant_ids: 'providerId',
    provider_id: 'providerId',
    customer_id: 'customerId',
    user_id: 'userId',
  },
  errorEvents: (failure, event) => [{ event: 'chat-error', payload: { ...failure, event } }],
  // Nobody else has such names, whatever comes with them.
  recognises: [{ order: 10, fits: (event) => event.startsWith('chat-') }],
});
