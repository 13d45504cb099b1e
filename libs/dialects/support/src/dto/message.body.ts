import { ApiFlag, ApiList, ApiObject, ApiOneOf, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { SupportUploadBody } from '#libs/attachments';
import { ApiClientId, type ClientIdValue } from '#libs/messages';
import { messageTypes, roles, type MessageType, type Role } from './support-enumerations.js';

const uploadExample: SupportUploadBody = {
  file_id: 'file_0190a5c2-7f10-7c3d-9f10-2b6a4c8d0e1f',
  file_name: 'screenshot.png',
  file_url:
    '/uploads/chat-attachments/0190a5c2-7f10-7c3d-9f10-2b6a4c8d0e1f.png?expires=1705933800000&signature=…',
  file_size: 204_857,
  file_type: 'image/png',
  thumbnail_url:
    '/uploads/chat-attachments/0190a5c2-7f10-7c3d-9f10-2b6a4c8d0e1f_thumb.webp?expires=1705933800000&signature=…',
  expires_at: '2024-01-22T14:30:00.000Z',
  width: 1280,
  height: 720,
  duration: null,
  status: 'ready',
};
export const messageExample: MessageBody = {
  id: '0190a5c2-8001-7c3d-9f10-2b6a4c8d0e1f',
  session_id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  sender_id: '123',
  sender_name: 'First Customer',
  sender_role: 'customer',
  content: 'My order is delayed',
  message_type: 'image',
  created_at: '2024-01-15T14:30:00.000Z',
  edited_at: null,
  is_deleted: false,
  attachments: [uploadExample],
  read_by: [{ user_id: '456', read_at: '2024-01-15T14:31:00.000Z' }],
  temp_id: null,
  metadata: {},
};

@Schema('SupportReader', { description: 'Who read a message, and when' })
export class ReaderBody {
  @ApiText() user_id!: string;
  @ApiTime() read_at!: string;
}

@Schema('SupportMessage', { description: 'A message of a support session', example: messageExample })
export class MessageBody {
  @ApiText() id!: string;
  @ApiText() session_id!: string;
  @ApiText({ nullable: true }) sender_id!: string | null;
  @ApiText() sender_name!: string;
  @ApiOneOf(roles) sender_role!: Role;
  @ApiText() content!: string;
  @ApiOneOf(messageTypes) message_type!: MessageType;
  @ApiTime() created_at!: string;
  @ApiTime({ nullable: true }) edited_at!: string | null;
  @ApiFlag({ description: 'True for a deleted message; its content is gone' }) is_deleted!: boolean;
  @ApiList(() => SupportUploadBody) attachments!: SupportUploadBody[];
  @ApiList(() => ReaderBody) read_by!: ReaderBody[];
  @ApiClientId() temp_id!: ClientIdValue | null;
  @ApiObject({
    description: '`message_type`: the exact type of a message that this contract has no type for',
  })
  metadata!: Record<string, unknown>;
}
