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
