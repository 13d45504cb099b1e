import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Database } from '#libs/platform/database';
import { Endpoint } from '#libs/platform/http';
import { Stopping } from './stopping.js';

const status = z.object({ status: z.literal('ok') });

/** For load balancers and orchestrators. */
@ApiTags('operations')
@Controller('health')
export class HealthController {
  private asked: Promise<unknown> | undefined;

  constructor(
    private readonly database: Database,
    private readonly stopping: Stopping,
  ) {}

  @Endpoint('get', 'live', {
    access: 'public',
    summary: 'Whether the process runs',
    response: status,
    examples: { response: { status: 'ok' } },
  })
  live() {
    return { status: 'ok' };
  }

  @Endpoint('get', 'ready', {
    access: 'public',
    summary: 'Whether requests can be served: 503 while the database is away and while stopping',
    response: status,
    errors: ['SERVICE_UNAVAILABLE'],
    examples: { response: { status: 'ok' } },
  })
  async ready() {
    this.stopping.refuse();
    // However many ask, the database is asked once at a time: nobody needs a token here.
    this.asked ??= this.database.query('SELECT 1').finally(() => (this.asked = undefined));
    await this.asked;
    return { status: 'ok' };
  }
}
