import { ApiText, Schema } from '#libs/platform/schemas';

@Schema('DevToken', { description: 'A token for trying the chat' })
export class DevTokenBody {
  @ApiText({ description: 'JWT; valid for an hour' }) token!: string;
}
