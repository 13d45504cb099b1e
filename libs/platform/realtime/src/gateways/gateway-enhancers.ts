import {
  Injectable,
  type CanActivate,
  type NestInterceptor,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, ModuleRef, type NestContainer } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { GuardsContextCreator, InterceptorsContextCreator, PipesContextCreator } from '@nestjs/core/internal';
import { AccessGuard } from '#libs/platform/auth';
import { isHttpOnly } from '#libs/platform/http';
import type { GatewayMethod } from './event-context.js';

/** A method of a gateway, and where it stands. */
export interface GatewayMember {
  readonly gateway: InstanceWrapper;
  readonly name: string;
  readonly method: GatewayMethod;
}

/**
 * Guards, pipes and interceptors of an event, found by Nest's own creators: of the whole application (but for what is
 * `@HttpOnly()`), of the gateway and of the method, as instances of Nest's injector. What cannot apply is refused at
 * the start, never left out silently.
 */
@Injectable()
export class GatewayEnhancers {
  private readonly config: ApplicationConfig;
  private readonly guardsOf: GuardsContextCreator;
  private readonly pipesOf: PipesContextCreator;
  private readonly interceptorsOf: InterceptorsContextCreator;

  constructor(moduleRef: ModuleRef) {
    // What `app.useGlobalPipes` and APP_PIPE have registered stands there alone, and it cannot be injected.
    const { container } = moduleRef as unknown as { container: NestContainer };
    this.config = container.applicationConfig ?? new ApplicationConfig();
    this.guardsOf = new GuardsContextCreator(container);
    this.pipesOf = new PipesContextCreator(container);
    this.interceptorsOf = new InterceptorsContextCreator(container);
  }

  /** AccessGuard comes first and once, also where it is a guard of the whole application. */
  guards({ gateway, method }: GatewayMember): CanActivate[] {
    const own = this.guardsOf.create(gateway.instance as object, method, keyOf(gateway));
    const all = [
      ...global(this.config.getGlobalGuards(), this.config.getGlobalRequestGuards()),
      ...(own as CanActivate[]),
    ];
    const access = own.find((guard) => guard instanceof AccessGuard);
    return [...(access ? [access] : []), ...all.filter((guard) => !(guard instanceof AccessGuard))];
  }

  pipes({ gateway, method }: GatewayMember): PipeTransform[] {
    return [
      ...global(this.config.getGlobalPipes(), this.config.getGlobalRequestPipes()),
      ...(this.pipesOf.create(gateway.instance as object, method, keyOf(gateway)) as PipeTransform[]),
    ];
  }

  /** Those that a parameter names. */
  pipesOfParameter({ gateway }: GatewayMember, pipes: readonly unknown[]): PipeTransform[] {
    this.pipesOf.setModuleContext(keyOf(gateway));
    return this.pipesOf.createConcreteContext([...pipes] as never);
  }

  interceptors({ gateway, method }: GatewayMember): NestInterceptor[] {
    return [
      ...global(this.config.getGlobalInterceptors(), this.config.getGlobalRequestInterceptors()),
      ...(this.interceptorsOf.create(
        gateway.instance as object,
        method,
        keyOf(gateway),
      ) as NestInterceptor[]),
    ];
  }

  /** @throws where Nest would do something that this house does not */
  requireSupported({ gateway, name, method }: GatewayMember): void {
    const type = gateway.metatype as Type;
    const refuse = (reason: string): never => {
      throw new Error(`${type.name}.${name}: ${reason}`);
    };
    if (!gateway.isDependencyTreeStatic())
      refuse('a gateway, with all that it needs, lives as long as the server; none may be request-scoped');
    for (const hook of ['handleConnection', 'handleDisconnect'])
      if (hook in (gateway.instance as object))
        refuse(`${hook} would run before anybody is authenticated; use Connections.observe`);
    for (const target of [type, method])
      if (Reflect.hasMetadata(EXCEPTION_FILTERS_METADATA, target))
        refuse('errors of events go one way (DomainError, Dialect.errorEvents); filters do not apply');
  }
}

const keyOf = ({ host }: InstanceWrapper): string => host?.token ?? '';

function global<T extends object>(all: T[], scoped: InstanceWrapper[]): T[] {
  for (const { metatype } of scoped)
    if (!isHttpOnly(metatype as Type))
      throw new Error(`${metatype?.name} is global and request-scoped; on sockets that is not supported`);
  return all.filter((enhancer) => !isHttpOnly(enhancer.constructor as Type));
}
