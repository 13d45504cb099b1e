import { applyDecorators, Controller, SetMetadata, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { dialectOfPath, type Dialect } from '#libs/platform/dialects';

const CHAT_CONTROLLER = 'switchboard:chat-controller';

export interface ChatControllerOptions {
  dialect: Dialect;
  tag: string;
}

/**
 * Nest's `@Controller` for routes of a dialect: what its endpoints refuse is documented, as it is answered, in the
 * words of this one.
 * @param tag of its routes in the document; the dialect's own unless told
 * @throws where the path is not below one of the dialect's prefixes: its failures would be answered in another
 */
export function ChatController(dialect: Dialect, path: string, tag = dialect.name): ClassDecorator {
  if (dialectOfPath(`/${path}`) !== dialect)
    throw new Error(`/${path} is not among the prefixes of the dialect ${dialect.name}`);
  const options: ChatControllerOptions = { dialect, tag };
  return applyDecorators(Controller(path), ApiTags(tag), SetMetadata(CHAT_CONTROLLER, options));
}

/** Undefined of controllers that belong to no contract: health, pages. */
export const chatControllerOf = (controller: Type): ChatControllerOptions | undefined =>
  Reflect.getMetadata(CHAT_CONTROLLER, controller) as ChatControllerOptions | undefined;
