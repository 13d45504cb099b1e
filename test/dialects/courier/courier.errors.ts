import { defineErrors, DomainError } from '#libs/platform/errors';

export const courierErrors = defineErrors(
  'courier',
  {
    tooHeavy: (grams: number) =>
      new DomainError('PARCEL_TOO_HEAVY', 'conflict', `The parcel may weigh at most ${grams} g.`, {
        details: [{ max_grams: grams }],
      }),
  },
  ({ tooHeavy }) => [tooHeavy(2_000)],
);
