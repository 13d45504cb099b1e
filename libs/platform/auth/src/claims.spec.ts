import { readClaims } from './claims.js';
import { DEFAULT_PERMISSIONS, PERMISSIONS, ROLES } from './permissions.js';

const actorOf = (claims: Record<string, unknown>) => readClaims(claims as never).actor;
const refused = expect.objectContaining({ code: 'UNAUTHORIZED', kind: 'unauthenticated' });
function refusal(claims: Record<string, unknown>): unknown {
  try {
    readClaims(claims as never);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the subject of a token', () => {
  it.each([
    [{ sub: '123' }, '123'],
    [{ sub: 123 }, '123'],
    [{ sub: 0 }, '0'],
    [{ sub: ' abc ' }, 'abc'],
    [{ sub: 'a'.repeat(128) }, 'a'.repeat(128)],
    [{ user_id: 7 }, '7'],
    [{ userId: 'u-1' }, 'u-1'],
    [{ id: 'x' }, 'x'],
    [{ sub: null, user_id: '9' }, '9'],
    [{ sub: 'first', user_id: 'second', id: 'third' }, 'first'],
  ])('%j is %s', (claims, id) => expect(actorOf(claims).id).toBe(id));

  it.each([
    [{}],
    [{ sub: '' }],
    [{ sub: '   ' }],
    [{ sub: {} }],
    [{ sub: { toString: '1' } }],
    [{ sub: ['123'] }],
    [{ sub: true }],
    [{ sub: 1.5 }],
    [{ sub: Number.NaN }],
    [{ sub: 2 ** 53 }],
    [{ sub: 'a\u0000b' }],
    [{ sub: 'line\nbreak' }],
    [{ sub: '\ud800' }],
    [{ sub: 'a'.repeat(129) }],
    // An unusable subject is not replaced by another claim.
    [{ sub: {}, user_id: '9' }],
    [{ sub: '', id: '9' }],
  ])('%j is refused', (claims) => expect(refusal(claims)).toEqual(refused));
});

describe('the role of a token', () => {
  it.each(ROLES)('%s is known', (role) => expect(actorOf({ sub: '1', role }).role).toBe(role));

  it.each([
    [{}, 'customer'],
    [{ user_type: 'staff' }, 'staff'],
    [{ userType: 'AGENT' }, 'agent'],
    [{ role: 'admin', user_type: 'customer' }, 'admin'],
  ])('%j means %s', (claims, role) => expect(actorOf({ sub: '1', ...claims }).role).toBe(role));

  it.each([['root'], [''], [['admin']], [{ admin: true }], [1], ['__proto__'], ['constructor']])(
    '%j is refused',
    (role) => expect(refusal({ sub: '1', role })).toEqual(refused),
  );

  it.each([
    ['customer', 'customer'],
    ['client', 'customer'],
    ['staff', 'staff'],
    ['agent', 'staff'],
    ['support', 'staff'],
    ['reader', 'staff'],
    ['provider', 'staff'],
    ['business', 'staff'],
    ['supplier', 'staff'],
    ['admin', 'admin'],
    ['service', 'service'],
  ])('%s belongs to the family %s', (role, family) =>
    expect(actorOf({ sub: '1', role }).family).toBe(family),
  );
});

describe('the permissions of a token', () => {
  const setOf = (claims: Record<string, unknown>) => [...actorOf({ sub: '1', ...claims }).permissions].sort();

  /** contracts/workspace.md, "Default Role Permissions". */
  it.each([
    ['client', ['chats:create', 'chats:read']],
    ['customer', ['chats:create', 'chats:read']],
    ['business', ['chats:create', 'chats:read', 'chats:update']],
    ['supplier', ['chats:create', 'chats:read', 'chats:update']],
    ['support', ['chats:create', 'chats:moderate', 'chats:read']],
    ['agent', ['chats:create', 'chats:moderate', 'chats:read']],
    ['staff', ['chats:create', 'chats:moderate', 'chats:read']],
    [
      'admin',
      ['chats:create', 'chats:delete', 'chats:join_private', 'chats:moderate', 'chats:read', 'chats:update'],
    ],
  ])('of a %s are by default %j', (role, permissions) => expect(setOf({ role })).toEqual(permissions));

  it('has a default set for every role, of known permissions only', () => {
    for (const role of ROLES)
      expect(DEFAULT_PERMISSIONS[role].every((permission) => PERMISSIONS.includes(permission))).toBe(true);
  });

  it('are replaced by the claim, not added to', () => {
    expect(setOf({ role: 'admin', permissions: ['chats:read'] })).toEqual(['chats:read']);
    expect(setOf({ role: 'customer', permissions: ['chats:moderate'] })).toEqual(['chats:moderate']);
    expect(setOf({ role: 'admin', permissions: [] })).toEqual([]);
  });

  it('ignore what is unknown', () =>
    expect(setOf({ permissions: ['chats:read', 'root', 1, null, {}] })).toEqual(['chats:read']));

  it.each([['chats:read'], [{ 'chats:read': true }], [7]])(
    '%j is refused: it must be a list',
    (permissions) => expect(refusal({ sub: '1', permissions })).toEqual(refused),
  );
});

describe('the profile of a token', () => {
  const profileOf = (claims: Record<string, unknown>) => readClaims({ sub: '1', ...claims }).profile;

  it('takes the name, and first and last name', () => {
    expect(profileOf({ name: 'Mike', first_name: 'M', last_name: 'J' })).toMatchObject({
      name: 'Mike',
      firstName: 'M',
      lastName: 'J',
    });
    expect(profileOf({ first_name: 'Mike' })).toMatchObject({ firstName: 'Mike', name: undefined });
    expect(profileOf({}).name).toBeUndefined();
  });

  it('makes text storable and bounded, and ignores what is no text', () => {
    expect(profileOf({ name: 'a\u0000b\ud800', email: 5, avatar: {}, username: '  ' })).toEqual({
      name: 'ab\ufffd',
    });
    expect([...(profileOf({ name: '😀'.repeat(300) }).name ?? '')]).toHaveLength(256);
  });
});
