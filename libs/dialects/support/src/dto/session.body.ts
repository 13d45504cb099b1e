import {
  ApiFlag,
  ApiInteger,
  ApiNested,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  Schema,
} from '#libs/platform/schemas';
import type { ContextType } from '#libs/directory';
import { MessageBody, messageExample } from './message.body.js';
import {
  contextTypes,
  roles,
  sessionStatuses,
  type Role,
  type SessionStatus,
} from './support-enumerations.js';

const AT = '2024-01-15T14:30:00.000Z';

const contextExample: ContextBody = {
  type: 'restaurant',
  id: '42',
  category: 'pizzeria',
  status: 'open',
  data: { name: 'Bella Napoli' },
};
export const sessionExample: SessionBody = {
  id: messageExample.session_id,
  subject: 'Need help with order',
  category: 'order_issue',
  priority: 'high',
  status: 'waiting',
  restaurant_id: '42',
  ticket_id: null,
  customer_id: '123',
  customer_name: 'First Customer',
  agent_id: null,
  agent_name: null,
  created_at: AT,
  updated_at: AT,
  closed_at: null,
};
export const mySessionExample: MySessionBody = {
  ...sessionExample,
  context: contextExample,
  unread_count: 1,
  last_message: messageExample,
};

@Schema('SupportContext', {
  description: 'What a session is about, as the directory has it',
  example: contextExample,
})
export class ContextBody {
  @ApiOneOf(contextTypes) type!: ContextType;
  @ApiText() id!: string;
  @ApiText({ nullable: true }) category!: string | null;
  @ApiText({ nullable: true }) status!: string | null;
  @ApiObject() data!: Record<string, unknown>;
}

/** As everyone in it sees it. */
@Schema('SupportSession', { description: 'A support session', example: sessionExample })
export class SessionBody {
  @ApiText() id!: string;
  @ApiText({ nullable: true }) subject!: string | null;
  @ApiText({ nullable: true }) category!: string | null;
  @ApiText() priority!: string;
  @ApiOneOf(sessionStatuses) status!: SessionStatus;
  @ApiText({ nullable: true }) restaurant_id!: string | null;
  @ApiText({ nullable: true }) ticket_id!: string | null;
  @ApiText({ nullable: true }) customer_id!: string | null;
  @ApiText({ nullable: true }) customer_name!: string | null;
  @ApiText({ nullable: true }) agent_id!: string | null;
  @ApiText({ nullable: true }) agent_name!: string | null;
  @ApiTime() created_at!: string;
  @ApiTime() updated_at!: string;
  @ApiTime({ nullable: true }) closed_at!: string | null;
}

@Schema('MySupportSession', {
  description: 'A support session as the one who asks sees it',
  example: mySessionExample,
})
export class MySessionBody extends SessionBody {
  @ApiNested(() => ContextBody, {
    nullable: true,
    description:
      'The ticket, restaurant or the like that the session names, as the directory has it; null if it has none. ' +
      'Shown to the support team and to its own participants; a restaurant that has none, to everyone in the session.',
  })
  context!: ContextBody | null;
  @ApiInteger() unread_count!: number;
  @ApiNested(() => MessageBody, { nullable: true }) last_message!: MessageBody | null;
}

@Schema('SupportParticipant', { description: 'Who is in a support session' })
export class ParticipantBody {
  @ApiText() user_id!: string;
  @ApiText() name!: string;
  @ApiOneOf(roles) role!: Role;
  @ApiText({ nullable: true }) avatar!: string | null;
  @ApiFlag() is_online!: boolean;
  @ApiTime() joined_at!: string;
}
