import { requireAccess, type AccessRule } from './access.js';
import type { Actor } from './actor.js';
import { readClaims } from './claims.js';

const actor = (role: string, permissions?: string[]): Actor =>
  readClaims({ sub: '1', role, permissions }).actor;

describe('requireAccess', () => {
  it('fails closed: without a rule nobody passes, not even an admin', () => {
    for (const role of ['customer', 'staff', 'admin', 'service'])
      expect(() => requireAccess(undefined, actor(role))).toThrow(
        expect.objectContaining({ code: 'FORBIDDEN', kind: 'forbidden' }),
      );
  });

  it.each<[AccessRule, Actor]>([
    ['public', actor('customer', [])],
    ['authenticated', actor('customer', [])],
    ['chats:moderate', actor('agent')],
    ['chats:delete', actor('admin')],
    [{ roles: ['service', 'admin'] }, actor('service')],
  ])('%j lets through whom it names', (rule, who) => expect(() => requireAccess(rule, who)).not.toThrow());

  it('names the permission that is missing', () => {
    expect(() => requireAccess('chats:moderate', actor('customer'))).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', details: [{ required_permission: 'chats:moderate' }] }),
    );
    expect(() => requireAccess('chats:read', actor('admin', []))).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });

  it('names the roles that may', () => {
    expect(() => requireAccess({ roles: ['service', 'admin'] }, actor('staff'))).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', details: [{ required_roles: ['service', 'admin'] }] }),
    );
    expect(() => requireAccess({ roles: [] }, actor('admin'))).toThrow();
  });
});
