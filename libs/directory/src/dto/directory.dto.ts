import { z } from 'zod';
import { ROLES } from '#libs/platform/auth';
import { hostId, metadataField, textField } from '#libs/platform/validation';

const personRole = z.enum(
  ROLES.filter((role) => role !== 'service'),
  'must be one of customer, client, staff, agent, support, reader, provider, business, supplier, admin',
);
const clearable = (max: number) => textField(max).nullable().optional();

/** Fields left out stay as they are; null clears one. */
export const putUserBody = z.object({
  name: clearable(256),
  first_name: clearable(256),
  last_name: clearable(256),
  username: clearable(256),
  email: clearable(256),
  avatar: clearable(2_048),
  role: personRole.optional(),
});
export type PutUserBody = z.output<typeof putUserBody>;

/** Replaces the stored list of participants; fields left out stay as they are. */
export const putContextBody = z.object({
  participants: z
    .array(z.object({ user_id: hostId, role: personRole }))
    .max(100, 'must have at most 100 entries')
    .optional(),
  category: clearable(128),
  status: clearable(64),
  data: metadataField.optional(),
});
export type PutContextBody = z.output<typeof putContextBody>;
