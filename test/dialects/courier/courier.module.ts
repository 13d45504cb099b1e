import { Module } from '@nestjs/common';
import { DialectModule } from '#libs/platform/dialects';
import { CourierController } from './courier.controller.js';
import { courierDialect } from './courier.dialect.js';
import { CourierGateway } from './courier.gateway.js';
import './courier.server-events.js';

/** An event that is refused is told as `courier_error` by the dialect itself: so nobody else imports its declaration. */
@Module({
  imports: [DialectModule.forFeature(courierDialect)],
  controllers: [CourierController],
  providers: [CourierGateway],
})
export class CourierModule {}
