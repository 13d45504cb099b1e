import type { Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';
import { documentedFailures, type Dialect, type DocumentedFailure } from '#libs/platform/dialects';
import { HTTP_STATUS_BY_KIND } from '#libs/platform/errors';
import { Failure, schemaOf } from '#libs/platform/schemas';
import { chatControllerOf } from '../chat-controller.js';
import { ENDPOINT, type EndpointOptions } from '../endpoint.js';
import { failureBody } from '../error-filter.js';

/** By status: kinds have one each. */
function byStatus(failures: DocumentedFailure[]): Map<number, DocumentedFailure[]> {
  const groups = new Map<number, DocumentedFailure[]>();
  for (const failure of failures) {
    const status = HTTP_STATUS_BY_KIND[failure.error.kind];
    groups.set(status, [...(groups.get(status) ?? []), failure]);
  }
  return groups;
}

function examplesOf(failures: DocumentedFailure[], dialect: Dialect | undefined): object {
  const bodies = failures.map(({ code, error }) => ({ code, body: failureBody(error, dialect) }));
  if (bodies.length === 1) return { example: bodies[0]?.body };
  return { examples: Object.fromEntries(bodies.map(({ code, body }) => [code, { value: body }])) };
}

/**
 * Gives each endpoint of a controller the failures that the document shows, with the sentences that are answered. Not
 * part of the endpoint's own decorator: methods are decorated before their class says which dialect it is of, and
 * errors may be declared after both. Done again it changes nothing.
 * @throws where an endpoint names a code that no errors file declares
 */
export function describeFailures(controller: Type): void {
  const chat = chatControllerOf(controller);
  const prototype = controller.prototype as object;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const options =
      typeof descriptor.value === 'function'
        ? (Reflect.getMetadata(ENDPOINT, descriptor.value as object) as EndpointOptions | undefined)
        : undefined;
    if (!options) continue;
    const { access, body, query, errors } = options;
    const failures = documentedFailures({
      transport: 'rest',
      access,
      takes: body ? 'body' : query ? 'query' : undefined,
      errors,
      dialect: chat?.dialect,
      feature: chat?.tag,
    });
    const failure = chat?.dialect.failure ?? Failure;
    ApiExtraModels(failure)(prototype, name, descriptor);
    for (const [status, group] of byStatus(failures)) {
      ApiResponse({
        status,
        description: group.map(({ code }) => `\`${code}\``).join(', '),
        content: {
          'application/json': {
            schema: schemaOf(failure),
            ...examplesOf(group, chat?.dialect),
          },
        },
      } as ApiResponseOptions)(prototype, name, descriptor);
    }
  }
}

/** The dialects whose own tag these controllers have, for the tags of the document. */
export const taggedDialects = (controllers: Type[]): Set<Dialect> =>
  new Set(
    controllers.flatMap((controller) => {
      const chat = chatControllerOf(controller);
      return chat && chat.tag === chat.dialect.name ? [chat.dialect] : [];
    }),
  );
