import { ApiConst, Schema } from '#libs/platform/schemas';

@Schema('Health', { description: 'The server is well', example: { status: 'ok' } })
export class HealthBody {
  @ApiConst('ok') status!: 'ok';
}
