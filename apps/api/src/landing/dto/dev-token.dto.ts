import { enumeration, HostId, OneOf, Text } from '#libs/platform/validation';

/** Two people who talk, and the platform that opens their room: what the page needs, and no more. */
const rolesOfPage = enumeration('DevTokenRole', ['customer', 'staff', 'service']);

export class DevTokenDto {
  @HostId() sub!: string;
  @OneOf(rolesOfPage, { default: 'customer' }) role!: (typeof rolesOfPage.enum)[number];
  @Text({ max: 256, optional: true }) name?: string;
}
