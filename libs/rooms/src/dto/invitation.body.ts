import { ApiInteger, ApiList, ApiNested, ApiText, ApiTime, ApiWireId, Schema } from '#libs/platform/schemas';

@Schema('Invitation', { description: 'A way into a room' })
export class InvitationBody {
  @ApiText() id!: string;
  @ApiWireId({ nullable: true }) created_by!: string | number | null;
  @ApiTime() expires_at!: string;
  @ApiInteger({ nullable: true }) max_uses!: number | null;
  @ApiInteger() uses!: number;
  @ApiTime() created_at!: string;
}

@Schema('NewInvitation')
export class NewInvitationBody {
  @ApiNested(() => InvitationBody) invitation!: InvitationBody;
  @ApiText() token!: string;
}

@Schema('Invitations')
export class InvitationsBody {
  @ApiList(() => InvitationBody) invitations!: InvitationBody[];
}
