import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { AppConfigShape } from './load-config.js';

/* eslint-disable @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type --
   One name for token and type: Nest needs a value, and the type is the configuration's own shape. */
/** Injection token and type of the validated configuration. */
export abstract class AppConfig {}
export interface AppConfig extends AppConfigShape {}

@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: AppConfigShape): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: AppConfig, useValue: config }],
      exports: [AppConfig],
    };
  }
}
