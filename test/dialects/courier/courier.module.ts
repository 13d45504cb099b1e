import { Module } from '@nestjs/common';
import { DialectModule } from '#libs/platform/dialects';
import { CourierController } from './courier.controller.js';
import { courierDialect } from './courier.dialect.js';
import { CourierGateway } from './courier.gateway.js';

@Module({
  imports: [DialectModule.forFeature(courierDialect)],
  controllers: [CourierController],
  providers: [CourierGateway],
})
export class CourierModule {}
