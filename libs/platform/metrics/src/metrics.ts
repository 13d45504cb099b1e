import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** All figures of one server process, served at /metrics in the Prometheus text format. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly messages = this.counter('switchboard_messages_total', 'Messages committed', ['type']);
  readonly messageRepeats = this.counter(
    'switchboard_message_repeats_total',
    'Repeats answered with the stored message',
  );
  readonly deliveries = this.counter('switchboard_deliveries_total', 'Room events handed to local sockets', [
    'event',
  ]);
  readonly socketEvents = this.counter('switchboard_socket_events_total', 'Events received, by outcome', [
    'event',
    'outcome',
  ]);
  readonly sendSeconds = this.histogram(
    'switchboard_message_send_seconds',
    'From the call of send to its commit',
  );
  readonly httpSeconds = this.histogram('switchboard_http_request_seconds', 'Duration of REST requests', [
    'method',
    'status',
  ]);
  readonly writerGroup = new Histogram({
    name: 'switchboard_writer_group_size',
    help: 'Messages for each committed group',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers: [this.registry],
  });

  constructor() {
    // Includes event loop lag, CPU, memory and garbage collection.
    collectDefaultMetrics({ register: this.registry });
  }

  /** A figure that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** As `gauge`, with one value for each of a label's values. */
  gaugeBy(name: string, help: string, label: string, read: () => ReadonlyMap<string, number>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        for (const [value, figure] of read()) this.set({ [label]: value }, figure);
      },
    });
  }

  counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  histogram<L extends string>(name: string, help: string, labelNames: L[] = []): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets: LATENCY_BUCKETS, registers: [this.registry] });
  }
}
