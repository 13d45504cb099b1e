import { ApiText } from '#libs/platform/schemas';

/** Ids that the documents show. */
export const CONVERSATION_ID = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10';
export const MESSAGE_ID = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';

/** In answers and events. */
export const ApiConversationId = () => ApiText({ example: CONVERSATION_ID });
export const ApiMessageId = () => ApiText({ example: MESSAGE_ID });
