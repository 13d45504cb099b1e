import { Module } from '@nestjs/common';
import { SocketRouter } from '#libs/platform/realtime';
import { dialectFor } from './dispatch-table.js';

@Module({})
export class DispatchModule {
  constructor(router: SocketRouter) {
    router.useClassifier(dialectFor);
  }
}
