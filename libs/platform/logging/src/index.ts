export { createLogger, NestLogger, type LogOptions } from './logger.js';
