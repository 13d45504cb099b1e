import { defineErrors, DomainError } from '#libs/platform/errors';

export const marketplaceErrors = defineErrors('marketplace', {
  tooManyConnections: (limit: number) =>
    new DomainError(
      'RATE_LIMITED',
      'rate_limited',
      `You have ${limit} chat connections already; close one of them first.`,
      { details: [{ max_connections: limit }] },
    ),
});
