import { Module, type DynamicModule } from '@nestjs/common';
import type { Dialect } from './dialect.js';

/** Token under which a module brings its dialect. */
export const dialectToken = (name: string): string => `switchboard:dialect:${name}`;

/** Imported by the module of a dialect: from then on this server speaks it. */
@Module({})
export class DialectModule {
  static forFeature(dialect: Dialect): DynamicModule {
    return {
      module: DialectModule,
      providers: [{ provide: dialectToken(dialect.name), useValue: dialect }],
    };
  }
}
