import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '#libs/platform/database';
import { Endpoint } from '#libs/platform/http';
import { HealthBody } from './health.body.js';
import { Stopping } from './stopping.js';

const OK: HealthBody = { status: 'ok' };

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
    response: HealthBody,
    examples: { response: OK },
  })
  live() {
    return OK;
  }

  @Endpoint('get', 'ready', {
    access: 'public',
    summary: 'Whether requests can be served: 503 while the database is away and while stopping',
    response: HealthBody,
    errors: ['SERVICE_UNAVAILABLE'],
    examples: { response: OK },
  })
  async ready() {
    this.stopping.refuse();
    // However many ask, the database is asked once at a time: nobody needs a token here.
    this.asked ??= this.database.query('SELECT 1').finally(() => (this.asked = undefined));
    await this.asked;
    return OK;
  }
}
