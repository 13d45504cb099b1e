export { ConfigError, loadConfig, type AppConfigShape } from './load-config.js';
export { environmentSchema } from './schema.js';
export { AppConfig, ConfigModule } from './config.module.js';
