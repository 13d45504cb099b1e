import { Injectable } from '@nestjs/common';
import { Jobs } from '#libs/platform/jobs';
import { InvitationsService } from './invitations.service.js';

export const REMOVE_INVITATIONS = 'rooms.remove-invitations';
const HOURLY = '17 * * * *';

/** What has to be done about rooms from time to time. */
@Injectable()
export class RoomJobs {
  constructor(jobs: Jobs, invitations: InvitationsService) {
    jobs.define(REMOVE_INVITATIONS, { schedule: HOURLY }, () => invitations.removeEnded());
  }
}
