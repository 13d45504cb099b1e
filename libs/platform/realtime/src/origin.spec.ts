import { isOriginAllowed } from './origin.js';

const LISTED = ['https://app.example.com'];

describe('isOriginAllowed', () => {
  it.each<[string, string | undefined, string | undefined, string[] | undefined]>([
    ['a client that is no browser', undefined, 'chat.example.com', LISTED],
    ['a listed origin', 'https://app.example.com', 'chat.example.com', LISTED],
    ['the server itself', 'https://chat.example.com', 'chat.example.com', []],
    ['any, when all are', 'https://evil.example.com', 'chat.example.com', ['*']],
    ['this machine in development', 'http://localhost:5173', '127.0.0.1:3000', undefined],
    ['this machine by IPv6', 'http://[::1]:5173', '127.0.0.1:3000', undefined],
  ])('lets %s in', (_name, origin, host, allowed) =>
    expect(isOriginAllowed(origin, host, allowed)).toBe(true),
  );

  it.each<[string, string, string | undefined, string[] | undefined]>([
    ['another origin', 'https://evil.example.com', 'chat.example.com', LISTED],
    ['another port', 'https://app.example.com:8443', 'chat.example.com', LISTED],
    ['plain text of a listed one', 'http://app.example.com', 'chat.example.com', LISTED],
    ['one that begins like a listed one', 'https://app.example.com.evil.com', 'chat.example.com', LISTED],
    ['an opaque origin', 'null', 'chat.example.com', LISTED],
    ['an empty one', '', 'chat.example.com', LISTED],
    ['another host in development', 'http://localhost.evil.com', '127.0.0.1:3000', undefined],
    ['this machine in production', 'http://localhost:5173', 'chat.example.com', []],
  ])('keeps %s out', (_name, origin, host, allowed) =>
    expect(isOriginAllowed(origin, host, allowed)).toBe(false),
  );
});
