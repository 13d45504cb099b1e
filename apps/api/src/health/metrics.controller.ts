import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access } from '#libs/platform/auth';
import { CountedByAddress, Failures } from '#libs/platform/http';
import { Metrics } from '#libs/platform/metrics';
import { KeptDocument } from '../documents/kept-document.js';

const EXAMPLE = `# HELP switchboard_messages_total Messages committed
# TYPE switchboard_messages_total counter
switchboard_messages_total{type="text"} 42
`;

/** Collecting them takes milliseconds, whoever asks: so once a second, for everybody. */
const KEEP_MS = 1_000;

@ApiTags('operations')
@Controller()
export class MetricsController {
  private readonly page: KeptDocument;

  constructor({ registry }: Metrics) {
    this.page = new KeptDocument({
      type: registry.contentType,
      headers: { 'Cache-Control': 'no-store' },
      keepMs: KEEP_MS,
      render: () => registry.metrics(),
    });
  }

  /** Prometheus text format. Contains figures only; keep it inside your network all the same. */
  @Get('metrics')
  @Access('public')
  @CountedByAddress()
  @ApiOperation({
    summary: 'Figures of this server, in the Prometheus text format',
    description: 'Access: no token needed. Keep it inside your network. Up to a second old.',
  })
  @ApiExtension('x-access', 'public')
  @ApiOkResponse({
    description: 'Success',
    content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @Failures('RATE_LIMITED')
  scrape(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.page.send(request, response);
  }
}
