import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AccessRule, type Actor, CurrentActor } from '#libs/platform/auth';
import { Endpoint } from '#libs/platform/http';
import { ContextsService } from './contexts.service.js';
import { directoryErrors } from './directory.errors.js';
import { ContextBody, toContext, toUser, UserBody } from './directory.presenter.js';
import { PutContextDto, PutUserDto } from './dto/directory.dto.js';
import { ErasureService } from './erasure.service.js';
import { UsersService } from './users.service.js';

const HOST_ONLY: AccessRule = { roles: ['service', 'admin'] };
const NOT_FOUND = ['NOT_FOUND'];
const USER_PATH = { id: { description: "The person's id on the host platform", example: '456' } };
const CONTEXT_PATH = {
  type: { description: 'service_request, booking, order, ticket or restaurant', example: 'service_request' },
  id: { description: "The object's id on the host platform", example: '789' },
};

/** What the host platform tells the chat: people, and the business objects that rooms are about. */
@ApiTags('directory')
@Controller('api/v1/chat/directory')
export class DirectoryController {
  constructor(
    private readonly users: UsersService,
    private readonly contexts: ContextsService,
    private readonly erasure: ErasureService,
  ) {}

  @Endpoint('put', 'users/:id', {
    access: HOST_ONLY,
    params: USER_PATH,
    summary: 'Create or update a person',
    description: 'Idempotent. Fields left out stay as they are, null clears one.',
    response: UserBody,
    errors: NOT_FOUND,
    examples: { body: { name: 'Mike Johnson', role: 'staff', avatar: 'https://cdn.example.com/456.jpg' } },
  })
  async putUser(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: PutUserDto) {
    return toUser(await this.users.put(actor, id, body));
  }

  @Endpoint('get', 'users/:id', {
    access: HOST_ONLY,
    params: USER_PATH,
    summary: 'Read a person',
    response: UserBody,
    errors: NOT_FOUND,
  })
  async getUser(@Param('id') id: string) {
    const user = await this.users.get(id);
    if (user.erased) throw directoryErrors.userNotFound();
    return toUser(user);
  }

  @Endpoint('delete', 'users/:id', {
    access: HOST_ONLY,
    params: USER_PATH,
    summary: 'Erase a person',
    description:
      'Messages stay, sent by "deleted user"; profile, memberships, receipts, mentions, blocks and connections go.',
    response: null,
    errors: NOT_FOUND,
  })
  async eraseUser(@CurrentActor() actor: Actor, @Param('id') id: string) {
    await this.erasure.erase(actor, id);
  }

  @Endpoint('put', 'contexts/:type/:id', {
    access: HOST_ONLY,
    params: CONTEXT_PATH,
    summary: 'Create or update a business object',
    description:
      'Types: service_request, booking, order, ticket, restaurant. A service_request opens room `service_{id}` ' +
      'between its participants; an added participant joins it, a changed status is posted to it.',
    response: ContextBody,
    errors: [...NOT_FOUND, 'UNKNOWN_USERS'],
    examples: {
      body: {
        participants: [
          { user_id: 123, role: 'customer' },
          { user_id: 456, role: 'staff' },
        ],
        category: 'car_service',
        status: 'confirmed',
      },
    },
  })
  async putContext(
    @CurrentActor() actor: Actor,
    @Param('type') type: string,
    @Param('id') id: string,
    @Body() body: PutContextDto,
  ) {
    return toContext(await this.contexts.put(actor, type, id, body));
  }

  @Endpoint('get', 'contexts/:type/:id', {
    access: HOST_ONLY,
    params: CONTEXT_PATH,
    summary: 'Read a business object',
    response: ContextBody,
    errors: NOT_FOUND,
  })
  async getContext(@CurrentActor() actor: Actor, @Param('type') type: string, @Param('id') id: string) {
    return toContext(await this.contexts.get(actor, type, id));
  }
}
