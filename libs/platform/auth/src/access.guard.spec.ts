import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Access } from './access.js';
import type { Actor } from './actor.js';
import { readClaims } from './claims.js';

const guard = new AccessGuard(new Reflector());
const actor = (role: string, permissions?: string[]): Actor =>
  readClaims({ sub: '1', role, permissions }).actor;

class Ruled {
  @Access('public')
  open(): void {}
  @Access('authenticated')
  known(): void {}
  @Access('chats:moderate')
  moderate(): void {}
  @Access({ roles: ['service'] })
  host(): void {}
  forgotten(): void {}
}

@Access('chats:delete')
class RuledAsAWhole {
  inherits(): void {}
  @Access('public')
  open(): void {}
}

/** As REST and as sockets tell who calls. */
const CALLERS: [string, (who?: Actor) => Partial<ExecutionContext>][] = [
  ['http', (who) => ({ switchToHttp: () => ({ getRequest: () => ({ actor: who }) }) as never })],
  ['ws', (who) => ({ switchToWs: () => ({ getClient: () => ({ data: { actor: who } }) }) as never })],
];

describe.each(CALLERS)('who may call, over %s', (type, caller) => {
  const ask = (handler: () => void, who?: Actor, owner: object = Ruled) =>
    guard.canActivate({
      getType: () => type,
      getHandler: () => handler,
      getClass: () => owner,
      ...caller(who),
    } as unknown as ExecutionContext);
  const { open, known, moderate, host, forgotten } = Ruled.prototype;
  const unauthorized = expect.objectContaining({ code: 'UNAUTHORIZED' });
  const forbidden = expect.objectContaining({ code: 'FORBIDDEN' });

  it('what is public: anyone, whether known or not', () => {
    expect(ask(open)).toBe(true);
    expect(ask(open, actor('customer'))).toBe(true);
  });

  it('what has a rule: nobody who has not said who they are', () => {
    for (const handler of [known, moderate, host]) expect(() => ask(handler)).toThrow(unauthorized);
  });

  it('what asks for a permission or a role: who has it', () => {
    expect(ask(known, actor('customer'))).toBe(true);
    expect(ask(moderate, actor('staff'))).toBe(true);
    expect(ask(host, actor('service'))).toBe(true);
    expect(() => ask(moderate, actor('customer'))).toThrow(forbidden);
    expect(() => ask(moderate, actor('admin', []))).toThrow(forbidden);
    expect(() => ask(host, actor('admin'))).toThrow(forbidden);
  });

  it('what has no rule: nobody', () => {
    expect(() => ask(forgotten)).toThrow(unauthorized);
    for (const role of ['customer', 'staff', 'admin', 'service'])
      expect(() => ask(forgotten, actor(role))).toThrow(forbidden);
  });

  it('takes the rule of the class where the handler has none of its own', () => {
    const { inherits, open: ownRule } = RuledAsAWhole.prototype;
    expect(ask(inherits, actor('admin'), RuledAsAWhole)).toBe(true);
    expect(() => ask(inherits, actor('staff'), RuledAsAWhole)).toThrow(forbidden);
    expect(ask(ownRule, undefined, RuledAsAWhole)).toBe(true);
  });
});
