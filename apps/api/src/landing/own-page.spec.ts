import { isFromThisMachine } from './own-page.js';

const from = (headers: Record<string, string | undefined>, remoteAddress = '127.0.0.1'): boolean =>
  isFromThisMachine({ socket: { remoteAddress }, headers: { host: 'localhost:3000', ...headers } } as never);

describe('isFromThisMachine', () => {
  it.each([
    {},
    { host: 'localhost' },
    { host: '127.0.0.1:3000' },
    { host: '[::1]:3000' },
    { host: 'LOCALHOST:3000' },
    { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' },
    { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' },
    { origin: 'http://[::1]:3000' },
  ])('is so for %j', (headers) => expect(from(headers)).toBe(true));

  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('is so for the peer %s', (address) =>
    expect(from({}, address)).toBe(true),
  );

  it.each([
    { host: undefined },
    { host: '' },
    { host: 'evil.example' },
    { host: 'evil.example:3000' },
    { host: 'localhost.evil.example' },
    { host: 'localhost@evil.example' },
    { host: '192.168.0.7:3000' },
    { host: '0.0.0.0:3000' },
    { origin: 'https://evil.example' },
    { origin: 'http://localhost.evil.example:3000' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { forwarded: 'for=203.0.113.9' },
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-host': 'localhost' },
    { 'x-real-ip': '203.0.113.9' },
    { via: '1.1 proxy' },
  ])('is not so for %j', (headers) => expect(from(headers)).toBe(false));

  it.each(['192.168.0.7', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', ''])(
    'is not so for the peer %s',
    (address) => expect(from({}, address)).toBe(false),
  );
});
