import { ApiConst, ApiList, ApiText, Schema } from './schema.decorators.js';

/** Every answer and acknowledgement that is not a success, unless a dialect has a form of its own. */
@Schema('Failure', { description: 'Every answer that is not a success' })
export class Failure {
  @ApiConst(false) success!: false;
  @ApiText({ description: 'What went wrong and what to do, for people' }) error!: string;
  @ApiText({ description: 'Stable code, for programs' }) code!: string;
  @ApiList('object') details!: Record<string, unknown>[];
}
