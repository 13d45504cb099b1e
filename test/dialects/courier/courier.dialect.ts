import { defineDialect, has } from '#libs/platform/dialects';

export const COURIER_DIALECT = 'courier';

/** Rooms are parcels here. */
export const courierDialect = defineDialect({
  name: COURIER_DIALECT,
  description: 'The courier contract: talks about parcels',
  namespaces: ['/'],
  rest: { prefixes: ['api/courier'] },
  codes: { ROOM_NOT_FOUND: 'PARCEL_NOT_FOUND', ACCESS_DENIED: 'NOT_YOUR_PARCEL' },
  fields: { room_id: 'parcel' },
  errorEvents: (failure, event) => [{ event: 'courier_error', payload: { ...failure, event } }],
  recognises: [{ order: 45, fits: (_event, payload) => has(payload, 'parcel') }],
});
