import type { IncomingMessage } from 'node:http';
import { clientAddress, networkOf } from './client-address.js';

const requestFrom = (remoteAddress: string | undefined, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    connection: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('clientAddress', () => {
  it.each([
    ['nobody believed', 0, '203.0.113.9'],
    ['the proxy believed', 1, '198.51.100.7'],
    ['two proxies believed', 2, '192.0.2.1'],
  ])('with %s', (_name, trusted, expected) => {
    const request = requestFrom('203.0.113.9', '10.9.9.9, 192.0.2.1, 198.51.100.7');
    expect(clientAddress(request, trusted)).toBe(expected);
  });

  it('of a connection that has gone is one for all of them', () => {
    expect(clientAddress(requestFrom(undefined), 0)).toBe('unknown');
  });

  it('takes no more than an address is long from what a proxy passes on', () => {
    expect(clientAddress(requestFrom('10.0.0.1', 'x'.repeat(10_000)), 1)).toHaveLength(64);
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
