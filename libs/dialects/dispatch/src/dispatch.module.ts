import { Module } from '@nestjs/common';
import { SocketEvents } from '#libs/platform/realtime';
import { dialectFor } from './dispatch-table.js';

@Module({})
export class DispatchModule {
  constructor(events: SocketEvents) {
    events.useClassifier(dialectFor);
  }
}
