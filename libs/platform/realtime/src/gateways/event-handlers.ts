import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { CUSTOM_ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ContextUtils } from '@nestjs/core/internal';
import { WsParamtype } from '@nestjs/websockets/enums/ws-paramtype.enum.js';
import { WsParamsFactory } from '@nestjs/websockets/factories/ws-params-factory.js';
import { PARAM_ARGS_METADATA } from '@nestjs/websockets/internal';
import type { EventContext } from './event-context.js';
import { EventHandler, type EventParameter } from './event-handler.js';
import { GatewayEnhancers, type GatewayMember } from './gateway-enhancers.js';

/** What decorators of parameters leave behind. */
interface DeclaredParameter {
  index: number;
  data?: unknown;
  pipes?: unknown[];
  schema?: ArgumentMetadata['schema'];
  factory?(data: unknown, context: EventContext): unknown;
}

/** Of a method whose parameters say nothing, as in Nest. */
const UNDECORATED: Record<string, DeclaredParameter> = {
  [`${WsParamtype.SOCKET}:0`]: { index: 0 },
  [`${WsParamtype.PAYLOAD}:1`]: { index: 1 },
};
/** Of parameters that no pipe can judge by their class. */
const NO_DTO: readonly unknown[] = [undefined, Object, String, Number, Boolean, Array];

/** Makes the handlers of events of what gateways declare with Nest's decorators. */
@Injectable()
export class EventHandlers {
  private readonly contexts = new ContextUtils();
  private readonly values = new WsParamsFactory();

  constructor(private readonly enhancers: GatewayEnhancers) {}

  /** @throws where the method declares what does not work on sockets, or takes a payload that nothing checks */
  create(member: GatewayMember): EventHandler {
    this.enhancers.requireSupported(member);
    return new EventHandler({
      instance: member.gateway.instance as object,
      method: member.method,
      guards: this.enhancers.guards(member),
      interceptors: this.enhancers.interceptors(member),
      parameters: this.parameters(member),
    });
  }

  /** The class of the payload; undefined where a method takes none, or one without a class. */
  payloadClass(member: GatewayMember): Type | undefined {
    const payload = this.declared(member).find(([key]) => typeOf(key) === WsParamtype.PAYLOAD);
    const type = payload && this.typesOf(member)[payload[1].index];
    return NO_DTO.includes(type) ? undefined : (type as Type);
  }

  private parameters(member: GatewayMember): EventParameter[] {
    const types = this.typesOf(member);
    const parameters = this.declared(member).map(([key, declared]): EventParameter => {
      const { index, data, schema: standard, factory } = declared;
      const own = this.enhancers.pipesOfParameter(member, declared.pipes ?? []);
      const argument = { metatype: types[index] as Type, data: data as string, schema: standard };
      if (key.includes(CUSTOM_ROUTE_ARGS_METADATA))
        return {
          index,
          argument: { type: 'custom', ...argument },
          pipes: own,
          valueOf: (context) => factory?.(data, context),
        };
      const type = typeOf(key);
      if (type === WsParamtype.ACK) throw refusal(member, 'what the method returns is the acknowledgement');
      const isPayload = type === WsParamtype.PAYLOAD;
      return {
        index,
        argument: { type: isPayload ? 'body' : 'custom', ...argument },
        pipes: isPayload ? this.pipesOfPayload(member, argument.metatype, own) : own,
        valueOf: (context) => {
          const value: unknown = this.values.exchangeKeyForValue(
            Number(type),
            data as string,
            context.getArgs(),
          );
          // A client that has nothing to say often sends null, or nothing.
          return isPayload ? (value ?? {}) : value;
        },
      };
    });
    return parameters;
  }

  /** In Nest's order: of the application, the gateway, the method, the parameter. */
  private pipesOfPayload(member: GatewayMember, metatype: unknown, own: PipeTransform[]): PipeTransform[] {
    const pipes = [...this.enhancers.pipes(member), ...own];
    if (pipes.length === 0 || (own.length === 0 && NO_DTO.includes(metatype)))
      throw refusal(member, 'nothing checks its payload; give @MessageBody() a DTO class or a pipe');
    return pipes;
  }

  private declared({ gateway, name, method }: GatewayMember): [string, DeclaredParameter][] {
    const declared = this.contexts.reflectCallbackMetadata<Record<string, DeclaredParameter> | undefined>(
      gateway.instance as object,
      name,
      PARAM_ARGS_METADATA,
    );
    return Object.entries(declared ?? UNDECORATED).filter(
      ([, { index }]) => declared || index < method.length,
    );
  }

  private typesOf({ gateway, name }: GatewayMember): unknown[] {
    return (
      (this.contexts.reflectCallbackParamtypes(gateway.instance as object, name) as unknown[] | undefined) ??
      []
    );
  }
}

/** Undefined for the decorators of others. */
const typeOf = (key: string): WsParamtype | undefined =>
  key.includes(CUSTOM_ROUTE_ARGS_METADATA) ? undefined : Number(key.split(':')[0]);

const refusal = ({ gateway, name }: GatewayMember, reason: string): Error =>
  new Error(`${gateway.metatype?.name}.${name}: ${reason}`);
