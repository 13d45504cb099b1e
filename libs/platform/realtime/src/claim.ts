import { z } from 'zod';
import { anythingKind, Field, OtherwiseEmpty } from '#libs/platform/validation';

const Token = () =>
  Field(
    { ...anythingKind, schema: { type: 'string' } },
    { optional: true, description: 'JWT of the host platform' },
  );
const Said = (what: string) =>
  Field(anythingKind, { optional: true, description: `If given: the token's own ${what}` });

/** Who a connection says it is. A payload of another form says nothing, and so is one without a token. */
@OtherwiseEmpty()
export class ClaimDto {
  @Token() token?: unknown;
  @Said('user') user_id?: unknown;
  @Said('user') userId?: unknown;
  @Said('role, or one of its family') user_type?: unknown;
  @Said('role, or one of its family') userType?: unknown;
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
