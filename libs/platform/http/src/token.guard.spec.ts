import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { Access, AccessGuard, AuthModule, CurrentActor, type Actor } from '#libs/platform/auth';
import { ClusterModule } from '#libs/platform/cluster';
import { ConfigModule, loadConfig } from '#libs/platform/config';
import { RateLimitModule } from '#libs/platform/rate-limit';
import { HttpErrorFilter } from './error-filter.js';
import { TokenGuard } from './token.guard.js';

@Controller()
class WhoController {
  @Get('who')
  @Access('authenticated')
  who(@CurrentActor() actor: Actor): string {
    return actor.id;
  }

  @Get('open')
  @Access('public')
  open(): string {
    return 'anyone';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'a secret';
  }
}

@Module({})
class WhoModule {
  static of(secret: string, requestsPerMinute: number): DynamicModule {
    const config = loadConfig({
      NODE_ENV: 'test',
      JWT_SECRET: secret,
      HTTP_REQUESTS_PER_MINUTE: String(requestsPerMinute),
    });
    return {
      module: WhoModule,
      imports: [ConfigModule.forRoot(config), ClusterModule, RateLimitModule, AuthModule],
      controllers: [WhoController],
      providers: [
        { provide: APP_GUARD, useClass: TokenGuard },
        { provide: APP_GUARD, useExisting: AccessGuard },
        { provide: APP_FILTER, useClass: HttpErrorFilter },
      ],
    };
  }
}

const apps: INestApplication[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

/** An application with a secret of its own, which signs and is asked. */
async function start(secret: string, requestsPerMinute = 100) {
  const app = await NestFactory.create(WhoModule.of(secret, requestsPerMinute), { logger: false });
  apps.push(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const sign = (sub: string) => app.get(JwtService, { strict: false }).sign({ sub });
  const ask = async (path: string, token?: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { app, sign, ask };
}

describe('who calls a route', () => {
  it('is told by the secret of their own application, where several share a process', async () => {
    const first = await start('the-secret-of-the-first');
    const second = await start('the-secret-of-the-second');
    for (const [own, other] of [
      [first, second],
      [second, first],
    ] as const) {
      expect(await own.ask('who', own.sign('7'))).toMatchObject({ status: 200, text: '7' });
      expect((await own.ask('who', other.sign('7'))).status).toBe(401);
    }
    await second.app.close();
    expect(await first.ask('who', first.sign('8'))).toMatchObject({ status: 200, text: '8' });
  });

  it('is not asked where anyone may call, and does not matter where there is no rule', async () => {
    const { ask, sign } = await start('the-secret-of-the-spec');
    expect((await ask('open')).status).toBe(200);
    expect((await ask('open', 'no.token.atall')).status).toBe(200);
    for (const token of [undefined, 'no.token.atall', sign('1')])
      expect((await ask('forgotten', token)).status).toBe(403);
  });

  it('is counted by name once known, and by address until then', async () => {
    const { ask, sign } = await start('the-secret-of-the-spec', 2);
    const statusOf = async (token?: string) => (await ask('who', token)).status;
    const [known, other] = [sign('1'), sign('2')];
    expect([await statusOf(), await statusOf('bad'), await statusOf()]).toEqual([401, 401, 429]);
    expect([await statusOf(known), await statusOf(known), await statusOf(known)]).toEqual([200, 200, 429]);
    expect(await statusOf(other)).toBe(200);
  });

  it('is told that a token is wanted, in the words of this house', async () => {
    const { headers, text } = await (await start('the-secret-of-the-spec')).ask('who');
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(JSON.parse(text)).toMatchObject({ success: false, code: 'UNAUTHORIZED', details: [] });
  });
});
