import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { NextFunction, Request, Response } from 'express';
import type { AppConfigShape } from '#libs/platform/config';
import { closeDatabase, openDatabase, type OpenDatabase } from '#libs/platform/database';
import { ChatHttpAdapter, noStore, parseQuery, requestContext } from '#libs/platform/http';
import { createLogger, NestLogger } from '#libs/platform/logging';
import { Metrics } from '#libs/platform/metrics';
import { ChatIoAdapter, isOriginAllowed } from '#libs/platform/realtime';
import { AppModule } from './app.module.js';
import { onlyOperations } from './health/only-operations.js';
import { refuseWhileStopping, Stopping } from './health/stopping.js';
import { serveDocuments } from './documents/serve-documents.js';
import { schema } from './schema.js';

/** An id that no text decodes to is an unknown id: U+FFFD stands for it, as where bytes are no UTF-8. */
function decodablePath(request: Request, _response: Response, next: NextFunction): void {
  const [path = '', ...query] = request.url.split('?');
  request.url = [path.replace(/(?:%[0-9a-f]{2})+|%/gi, decodable), ...query].join('?');
  next();
}

function decodable(escaped: string): string {
  try {
    decodeURIComponent(escaped);
    return escaped;
  } catch {
    return encodeURIComponent('\uFFFD');
  }
}

/** `/v1/chat/…` of the service document's curl example means `/api/v1/chat/…`. */
function shortPrefix(request: Request, _response: Response, next: NextFunction): void {
  if (request.url.startsWith('/v1/chat/')) request.url = `/api${request.url}`;
  next();
}

/** Builds the application without listening: main and tests do that. */
export async function createApp(config: AppConfigShape): Promise<NestExpressApplication> {
  const logger = new NestLogger(createLogger(config.log));
  Logger.overrideLogger(logger);
  const database = await openDatabase(config, schema);
  try {
    return await assemble(config, database, logger);
  } catch (error) {
    await closeDatabase(database);
    throw error;
  }
}

async function assemble(
  config: AppConfigShape,
  database: OpenDatabase,
  logger: NestLogger,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(config, database),
    new ChatHttpAdapter(config.http),
    // Bodies are read behind the guard of access (BodyGuard).
    { logger, bodyParser: false, abortOnError: false },
  );
  app.useWebSocketAdapter(new ChatIoAdapter(app));
  app.set('trust proxy', config.http.trustProxy);
  app.set('query parser', parseQuery);
  app.disable('x-powered-by');
  app.use(requestContext(logger.pino, app.get(Metrics)));
  app.use(noStore);
  app.use(refuseWhileStopping(app.get(Stopping)));
  app.use(helmet({ crossOriginResourcePolicy: { policy: 'cross-origin' } }));
  app.enableCors((request: Request, answer: (error: Error | null, options: object) => void) => {
    const { origin, host } = request.headers;
    answer(null, {
      origin: isOriginAllowed(origin, host, config.http.allowedOrigins),
      exposedHeaders: ['X-Request-Id', 'Retry-After'],
      maxAge: 600,
    });
  });
  if (config.role === 'worker') {
    app.use(onlyOperations);
    return app;
  }
  app.use(decodablePath);
  app.use(shortPrefix);
  serveDocuments(app);
  return app;
}
