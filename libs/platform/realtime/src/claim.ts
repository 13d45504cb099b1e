import { z } from 'zod';

const said = (what: string) =>
  z
    .unknown()
    .optional()
    .meta({ description: `If given: the token's own ${what}` });

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Who a connection says it is. A payload of another form says nothing, and so is one without a token. */
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
export type Claim = z.output<typeof claimPayload>;
