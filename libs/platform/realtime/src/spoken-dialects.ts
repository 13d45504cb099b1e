import type { Provider } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Dialect, dialectFor } from '#libs/platform/dialects';
import { RealtimeServer } from './realtime-server.js';
import { SocketEvents } from './gateways/socket-events.js';

/**
 * The dialects that modules have brought (`DialectModule.forFeature`), made known to the sockets. With the instances,
 * not with the hooks after them: gateways are wired before these.
 */
export const spokenDialects: Provider = {
  provide: 'switchboard:spoken-dialects',
  inject: [DiscoveryService, RealtimeServer, SocketEvents],
  useFactory: (discovery: DiscoveryService, realtime: RealtimeServer, events: SocketEvents): Dialect[] => {
    const dialects = discovery
      .getProviders()
      .flatMap(({ instance }) => ((instance as unknown) instanceof Dialect ? [instance as Dialect] : []));
    for (const dialect of dialects) realtime.registerDialect(dialect);
    events.useClassifier(dialectFor);
    return dialects;
  },
};
