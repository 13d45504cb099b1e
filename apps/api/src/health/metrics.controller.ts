import { Controller, Get, Res } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Access } from '#libs/platform/auth';
import { Metrics } from '#libs/platform/metrics';

const EXAMPLE = `# HELP switchboard_messages_total Messages committed
# TYPE switchboard_messages_total counter
switchboard_messages_total{type="text"} 42
`;

@ApiTags('operations')
@Controller()
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** Prometheus text format. Contains figures only; keep it inside your network all the same. */
  @Get('metrics')
  @Access('public')
  @ApiOperation({
    summary: 'Figures of this server, in the Prometheus text format',
    description: 'Access: no token needed. Keep it inside your network.',
  })
  @ApiExtension('x-access', 'public')
  @ApiOkResponse({
    description: 'Success',
    content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  async scrape(@Res() response: Response): Promise<void> {
    response.type(this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }
}
