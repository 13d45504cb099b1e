import {
  Catch,
  Inject,
  Injectable,
  ParseIntPipe,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentMetadata,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplicationContext,
  type NestInterceptor,
  type PipeTransform,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule, NestFactory } from '@nestjs/core';
import {
  Ack,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import { map, of } from 'rxjs';
import { CurrentActor, type AccessRule, type Actor } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { commonErrors } from '#libs/platform/errors';
import { HttpOnly } from '#libs/platform/http';
import { Metrics } from '#libs/platform/metrics';
import { Dialect } from '#libs/platform/dialects';
import { RealtimeServer } from '../realtime-server.js';
import type { ChatSocket } from '../socket-types.js';
import { UserBudgets } from '../user-budgets.js';
import { EventHandlers } from './event-handlers.js';
import { EventTable } from './event-table.js';
import { ChatGateway, OnEvent, type EventOptions } from './gateway.decorators.js';
import { GatewayEnhancers } from './gateway-enhancers.js';
import { SocketEvents } from './socket-events.js';
import { Turn, type EventTurn } from './turn.js';

const DIALECT = new Dialect({
  name: 'some',
  description: 'Of the spec',
  namespaces: ['/'],
  errorEvents: () => [],
});
const options = (more: Partial<EventOptions> = {}): EventOptions => ({
  access: 'authenticated',
  summary: 'x',
  ...more,
});
const somebody = { id: '1', permissions: new Set() } as unknown as Actor;

let app: INestApplicationContext | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** Nest with these gateways and no network. */
async function start(...providers: Provider[]): Promise<SocketEvents> {
  const values: [unknown, unknown][] = [
    [AppConfig, { sockets: { eventsPerSecond: 1_000 } }],
    [Metrics, { socketEvents: { inc: () => undefined } }],
    [RealtimeServer, { dialect: () => DIALECT, dialectsIn: () => [DIALECT.name] }],
    [UserBudgets, { of: () => ({}), take: () => 0 }],
  ];
  class Root {}
  const module = {
    module: Root,
    imports: [DiscoveryModule],
    providers: [
      ...values.map(([provide, useValue]) => ({ provide, useValue }) as Provider),
      GatewayEnhancers,
      EventHandlers,
      EventTable,
      SocketEvents,
      ...providers,
    ],
  };
  app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  return app.get(SocketEvents);
}

const socketOf = (actor?: Actor): ChatSocket =>
  ({ data: { actor }, nsp: { name: '/' }, connected: true, emit: () => true }) as unknown as ChatSocket;

/** The acknowledgement of an event. */
const ask = (events: SocketEvents, event: string, payload?: unknown, actor: Actor | undefined = somebody) =>
  new Promise((answer) => events.receive(socketOf(actor), event, [payload, answer]));

const seen: string[] = [];
beforeEach(() => (seen.length = 0));

class Greeting {
  constructor(readonly text: unknown) {}
}

/** As the application's pipe of validation works: synchronously, by the class of the parameter. */
class GreetingPipe implements PipeTransform {
  transform(value: unknown, { type, metatype, data }: ArgumentMetadata): unknown {
    seen.push(`application ${type} ${metatype?.name} ${data} ${JSON.stringify(value)}`);
    if ((value as Greeting | undefined)?.text === undefined)
      throw commonErrors.validation([{ field: 'text' }]);
    return new Greeting((value as Greeting).text);
  }
}
const applicationPipe = { provide: APP_PIPE, useClass: GreetingPipe };

const named = (name: string): PipeTransform => ({
  transform: (value: unknown) => {
    seen.push(name);
    return value;
  },
});

@ChatGateway(DIALECT.name)
class Greeter {
  @OnEvent('greet', options())
  greet(
    @CurrentActor() actor: Actor,
    @MessageBody() greeting: Greeting,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    return { by: actor.id, isDto: greeting instanceof Greeting, text: greeting.text, nsp: socket.nsp.name };
  }
}

describe('parameters of events', () => {
  it('are what Nest says: the payload as the pipe of the application makes it of its class', async () => {
    const events = await start(Greeter, applicationPipe);
    const answer = { by: '1', isDto: true, text: 'hello', nsp: '/' };
    expect(await ask(events, 'greet', { text: 'hello' })).toEqual({ success: true, data: answer });
    expect(seen).toEqual(['application body Greeting undefined {"text":"hello"}']);
    expect(events.table().get('greet')).toMatchObject([{ payloadClass: Greeting }]);
  });

  it('go through the pipe also where nothing was sent, and its refusal is the answer', async () => {
    const events = await start(Greeter, applicationPipe);
    const silent = new Promise((answer) => events.receive(socketOf(somebody), 'greet', [answer]));
    expect(await silent).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'text' }] });
    expect(seen).toEqual(['application body Greeting undefined {}']);
  });

  it('wait for nothing where nothing is a promise', async () => {
    const events = await start(Greeter, applicationPipe);
    const [route] = events.table().get('greet') ?? [];
    const turn = { letNext: () => undefined, afterAnswer: () => undefined };
    const result = route?.handler.handle(socketOf(somebody), { text: 'now' }, turn, 'greet');
    expect(result).toMatchObject({ text: 'now' });
  });

  it('pass the pipes of the application, the gateway, the method and themselves, in this order', async () => {
    @UsePipes(named('gateway'))
    @ChatGateway(DIALECT.name)
    class Piped {
      @UsePipes(named('method'))
      @OnEvent('greet', options())
      greet(
        @MessageBody(named('parameter'), { transform: async (value: unknown) => value }) { text }: Greeting,
      ) {
        return text;
      }
    }
    const events = await start(Piped, applicationPipe);
    expect(await ask(events, 'greet', { text: 'late' })).toEqual({ success: true, data: 'late' });
    expect(seen.map((entry) => entry.split(' ')[0])).toEqual([
      'application',
      'gateway',
      'method',
      'parameter',
    ]);
  });

  it("may be one field of the payload, and a refusal of Nest's own pipes is the client's error", async () => {
    @ChatGateway(DIALECT.name)
    class Counter {
      @OnEvent('count', options())
      count(@MessageBody('to', ParseIntPipe) to: number) {
        return to + 1;
      }
    }
    const events = await start(Counter);
    expect(await ask(events, 'count', { to: '41' })).toEqual({ success: true, data: 42 });
    expect(await ask(events, 'count', { to: 'x' })).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('may be the turn, whose callbacks run once the answer is out', async () => {
    @ChatGateway(DIALECT.name)
    class Turning {
      @OnEvent('take', options())
      take(@Turn() turn: EventTurn) {
        turn.afterAnswer(() => seen.push('after'));
        throw new WsException('not like this');
      }
    }
    const events = await start(Turning);
    const answers: unknown[] = [];
    events.receive(socketOf(somebody), 'take', [{}, (answer: unknown) => answers.push(answer, ...seen)]);
    await ask(events, 'take', {});
    expect(answers).toEqual([expect.objectContaining({ code: 'VALIDATION_ERROR', error: 'not like this' })]);
    expect(seen).toEqual(['after', 'after']);
  });
});

describe('guards of events', () => {
  @Injectable()
  class Door implements CanActivate {
    constructor(@Inject('open') private readonly open: unknown) {}
    canActivate(context: ExecutionContext) {
      const client = context.switchToWs().getClient<ChatSocket>();
      seen.push(`${context.getType()} ${context.switchToWs().getPattern()} ${client.data.actor?.id}`);
      return this.open as boolean;
    }
  }
  @UseGuards(Door)
  @ChatGateway(DIALECT.name)
  class Guarded {
    @OnEvent('enter', options())
    enter() {
      seen.push('entered');
    }
  }

  it.each([[true], [Promise.resolve(true)], [of(true)]])(
    'are of the injector, and let pass: %p',
    async (open) => {
      const events = await start(Guarded, { provide: 'open', useValue: open });
      expect(await ask(events, 'enter')).toEqual({ success: true, data: null });
      expect(seen).toEqual(['ws enter 1', 'entered']);
    },
  );

  it.each([[false], [Promise.resolve(false)], [of(false)]])('refuse: %p', async (open) => {
    const events = await start(Guarded, { provide: 'open', useValue: open });
    expect(await ask(events, 'enter')).toMatchObject({ success: false, code: 'FORBIDDEN' });
    expect(seen).toEqual(['ws enter 1']);
  });

  it('come after the one of access, which is asked first', async () => {
    const events = await start(Guarded, { provide: 'open', useValue: true });
    const stranger = new Promise((answer) => events.receive(socketOf(), 'enter', [{}, answer]));
    expect(await stranger).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(seen).toEqual([]);
  });

  it('let nobody send what has no rule', async () => {
    @ChatGateway(DIALECT.name)
    class Forgotten {
      @OnEvent('forgotten', options({ access: undefined as unknown as AccessRule }))
      tell() {
        return 'a secret';
      }
    }
    expect(await ask(await start(Forgotten), 'forgotten')).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('what is of the whole application', () => {
  class Everywhere implements CanActivate, NestInterceptor {
    canActivate() {
      seen.push(`guard ${this.constructor.name}`);
      return true;
    }
    intercept(_context: ExecutionContext, next: CallHandler) {
      seen.push(`interceptor ${this.constructor.name}`);
      return next.handle().pipe(map((text: unknown) => `${String(text)}!`));
    }
  }
  @HttpOnly()
  class Requests extends Everywhere {}

  it('sees events, unless it is for requests alone', async () => {
    const events = await start(
      Greeter,
      applicationPipe,
      ...[APP_GUARD, APP_INTERCEPTOR].flatMap((provide) =>
        [Everywhere, Requests].map((useClass) => ({ provide, useClass })),
      ),
    );
    expect(await ask(events, 'greet', { text: 'hello' })).toEqual({
      success: true,
      data: '[object Object]!',
    });
    expect(seen.slice(0, 2)).toEqual(['guard Everywhere', 'interceptor Everywhere']);
    expect(seen).toHaveLength(3);
  });
});

describe('interceptors of a gateway', () => {
  it('change the answer, and see what the method throws', async () => {
    @UseInterceptors({
      intercept: (_: unknown, next: CallHandler) => next.handle().pipe(map(() => 'changed')),
    })
    @ChatGateway(DIALECT.name)
    class Intercepted {
      @OnEvent('ask', options())
      async ask() {
        return 'asked';
      }
      @OnEvent('fail', options())
      async fail() {
        throw commonErrors.conflict('No.');
      }
    }
    const events = await start(Intercepted);
    expect(await ask(events, 'ask')).toEqual({ success: true, data: 'changed' });
    expect(await ask(events, 'fail')).toMatchObject({ success: false, code: 'CONFLICT' });
  });
});

describe('what does not work on sockets', () => {
  @Catch()
  class Filter implements ExceptionFilter {
    catch() {}
  }
  @UseFilters(Filter)
  @ChatGateway(DIALECT.name)
  class Filtered {
    @OnEvent('x', options())
    x() {}
  }
  @ChatGateway(DIALECT.name)
  class Acknowledging {
    @OnEvent('x', options())
    x(@Ack() _ack: () => void) {}
  }
  @ChatGateway(DIALECT.name)
  class Unchecked {
    @OnEvent('x', options())
    x(@MessageBody() _payload: object) {}
  }
  @Injectable({ scope: Scope.REQUEST })
  class OfRequest implements CanActivate {
    canActivate() {
      return true;
    }
  }
  @UseGuards(OfRequest)
  @ChatGateway(DIALECT.name)
  class Scoped {
    @OnEvent('x', options())
    x() {}
  }
  @ChatGateway(DIALECT.name)
  class Connecting {
    handleConnection() {}
    @OnEvent('x', options())
    x() {}
  }
  @WebSocketGateway()
  class Plain {
    @OnEvent('x', options())
    x() {}
  }
  @ChatGateway(DIALECT.name)
  class Undocumented {
    @SubscribeMessage('x')
    x() {}
  }
  @ChatGateway(DIALECT.name)
  class Twice {
    @OnEvent('x', options())
    x() {}
    @OnEvent('x', options())
    y() {}
  }

  it.each<[new () => object, RegExp]>([
    [Filtered, /Filtered\.x: errors of events go one way/],
    [Acknowledging, /Acknowledging\.x: what the method returns is the acknowledgement/],
    [Unchecked, /Unchecked\.x: nothing checks its payload/],
    [Scoped, /Scoped\.x: .* none may be request-scoped/],
    [Connecting, /Connecting\.x: handleConnection/],
    [Plain, /Plain: use @ChatGateway/],
    [Undocumented, /Undocumented\.x: use @OnEvent/],
    [Twice, /handled twice/],
  ])('is told at the start: %p', (gateway, reason) =>
    expect(start(gateway, applicationPipe)).rejects.toThrow(reason),
  );

  it('is told also of what is global and request-scoped', () =>
    expect(start(Greeter, applicationPipe, { provide: APP_GUARD, useClass: OfRequest })).rejects.toThrow(
      /OfRequest is global and request-scoped/,
    ));
});
