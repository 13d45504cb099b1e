import { z } from 'zod';
import { anythingKind, Field, OtherwiseEmpty } from '#libs/platform/validation';

const TEXT = { type: 'string' };
const ID = { oneOf: [{ type: 'string' }, { type: 'integer' }] };

/** Judged by the authentication, which refuses what does not fit in its own words. */
const Said = (schema: object, description: string) =>
  Field({ ...anythingKind, schema: { ...schema } }, { optional: true, description });
const TokensOwn = (schema: object, what: string) => Said(schema, `If given: the token's own ${what}`);

/** Who a connection says it is. A payload of another form says nothing, and so is one without a token. */
@OtherwiseEmpty()
export class ClaimDto {
  @Said(TEXT, 'JWT of the host platform') token?: unknown;
  @TokensOwn(ID, 'user') user_id?: unknown;
  @TokensOwn(ID, 'user') userId?: unknown;
  @TokensOwn(TEXT, 'role, or one of its family') user_type?: unknown;
  @TokensOwn(TEXT, 'role, or one of its family') userType?: unknown;
}
export type Claim = ClaimDto;

const said = (what: string) =>
  z
    .unknown()
    .optional()
    .meta({ description: `If given: the token's own ${what}` });

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of handlers that have no class yet. */
export const claimPayload = z.preprocess(
  (value) => (isObject(value) ? value : {}),
  z.object({
    token: z.unknown().optional().meta({ type: 'string', description: 'JWT of the host platform' }),
    user_id: said('user'),
    userId: said('user'),
    user_type: said('role, or one of its family'),
    userType: said('role, or one of its family'),
  }),
);
