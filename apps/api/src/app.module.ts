import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AuditModule } from '#libs/platform/audit';
import { AccessGuard, AuthModule } from '#libs/platform/auth';
import { ClusterModule } from '#libs/platform/cluster';
import { ConfigModule, type AppConfigShape } from '#libs/platform/config';
import { DatabaseModule, type OpenDatabase } from '#libs/platform/database';
import { EventsModule } from '#libs/platform/events';
import { BodyGuard, EnvelopeInterceptor, HttpErrorFilter, TokenGuard } from '#libs/platform/http';
import { JobsModule } from '#libs/platform/jobs';
import { MetricsModule } from '#libs/platform/metrics';
import { RateLimitModule } from '#libs/platform/rate-limit';
import { RealtimeModule } from '#libs/platform/realtime';
import { StorageModule } from '#libs/platform/storage';
import { CompiledValidationPipe } from '#libs/platform/validation';
import { AttachmentsModule } from '#libs/attachments';
import { DirectoryModule } from '#libs/directory';
import { BookingDialectModule } from '#libs/dialects/booking';
import { MarketplaceModule } from '#libs/dialects/marketplace';
import { WorkspaceModule } from '#libs/dialects/workspace';
import { SupportModule } from '#libs/dialects/support';
import { MessagesModule } from '#libs/messages';
import { PresenceModule } from '#libs/presence';
import { RoomsModule } from '#libs/rooms';
import { DevTokensController, givesTokens } from './landing/dev-tokens.controller.js';
import { HealthController } from './health/health.controller.js';
import { MetricsController } from './health/metrics.controller.js';
import { Stopping } from './health/stopping.js';

/** The server: ground floor first, then the features. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfigShape, database: OpenDatabase): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        EventsModule,
        MetricsModule,
        ClusterModule,
        DatabaseModule.forRoot(database),
        JobsModule,
        AuthModule,
        AuditModule,
        RateLimitModule,
        RealtimeModule,
        StorageModule,
        DirectoryModule,
        RoomsModule,
        MessagesModule,
        AttachmentsModule,
        PresenceModule,
        SupportModule,
        WorkspaceModule,
        BookingDialectModule,
        MarketplaceModule,
      ],
      controllers: [
        HealthController,
        MetricsController,
        ...(givesTokens(config) ? [DevTokensController] : []),
      ],
      providers: [
        Stopping,
        // In this order: who calls, whether they may, and only then what they send is read.
        { provide: APP_GUARD, useClass: TokenGuard },
        { provide: APP_GUARD, useExisting: AccessGuard },
        { provide: APP_GUARD, useClass: BodyGuard },
        { provide: APP_PIPE, useClass: CompiledValidationPipe },
        { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
        { provide: APP_FILTER, useClass: HttpErrorFilter },
      ],
    };
  }
}
