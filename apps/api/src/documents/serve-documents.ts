import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express } from 'express';
import { AppConfig } from '#libs/platform/config';
import { strangerRule } from '#libs/platform/http';
import { RateLimiter } from '#libs/platform/rate-limit';
import { describeOnce } from '../docs/describe-application.js';
import { eventsDocuments } from './events-documents.js';
import type { KeptDocument } from './kept-document.js';
import { landingDocuments } from './landing-documents.js';
import { openApiDocuments } from './openapi-documents.js';

/** By the path that they are asked for. */
export type Documents = Readonly<Record<string, KeptDocument>>;

/** Pages and documents for people and tools, which nobody needs a token for: from memory, and limited by address. */
export function serveDocuments(app: NestExpressApplication): void {
  const config = app.get(AppConfig);
  const limiter = app.get(RateLimiter);
  const rule = strangerRule(config);
  const express = app.getHttpAdapter().getInstance() as Express;
  const describe = describeOnce(app);
  const documents: Documents = {
    ...landingDocuments(config),
    ...openApiDocuments(describe),
    ...eventsDocuments(describe, config),
  };
  for (const [path, document] of Object.entries(documents)) {
    express.get(path, async (request, response) => {
      await limiter.consume(rule, request.ip ?? 'unknown');
      await document.send(request, response);
    });
  }
}
