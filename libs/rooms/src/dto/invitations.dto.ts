import { Integer } from '#libs/platform/validation';

const DAY_SECONDS = 86_400;

export class CreateInvitationDto {
  @Integer({
    min: 60,
    max: 365 * DAY_SECONDS,
    default: 7 * DAY_SECONDS,
    description: 'Seconds; 7 days unless told',
  })
  expires_in!: number;
  @Integer({ min: 1, max: 100_000, optional: true, description: 'Left out: no limit' }) max_uses?: number;
}
