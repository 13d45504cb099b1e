import { QueryList } from '#libs/platform/validation';

export class PresenceQueryDto {
  @QueryList({ max: 100, description: 'Up to 100 ids, repeated or comma-separated', example: ['123', '456'] })
  user_ids!: string[];
}
