import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { buildOpenApi } from './openapi.js';

// Swagger UI sets styles on elements and starts by an inline script of its own.
const UI_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** Swagger UI at /docs and /api/docs (its files come with the server), the document at /openapi.json. */
export function serveDocs(app: NestExpressApplication): void {
  let document: OpenAPIObject | undefined;
  const build = (): OpenAPIObject => (document ??= buildOpenApi(app));
  app.use(['/docs', '/api/docs'], (_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Content-Security-Policy', UI_POLICY);
    response.removeHeader('Cache-Control');
    next();
  });
  for (const path of ['docs', 'api/docs']) {
    SwaggerModule.setup(path, app, build, {
      jsonDocumentUrl: 'openapi.json',
      customSiteTitle: 'Switchboard API',
      raw: ['json'],
      swaggerOptions: { persistAuthorization: true },
    });
  }
}
