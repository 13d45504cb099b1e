import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { Metrics } from '#libs/platform/metrics';
import { FairQueue } from '#libs/platform/events';
import { attachmentErrors } from '../attachments.errors.js';
import { DecoderProcess } from './decoder-process.js';

/** Photos and voice notes, or what takes seconds: long animations and recordings. */
export type Weight = 'light' | 'heavy';

/** Whose file it is, and whether anyone still waits for it. */
export interface DecodingFor {
  userId: string;
  gone?: AbortSignal | undefined;
}

/** Of each weight. Messages keep most of the cores. */
const AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 4));
/** Each takes some 60 MB while it is there, and a fifth of a second to start. */
const IDLE_MS = 30_000;

/** Of one user: what waits lies on the disk. */
const MOST_WAITING: Record<Weight, number> = { light: 60, heavy: 20 };

interface Lane {
  readonly turns: FairQueue;
  readonly idle: DecoderProcess[];
}

const lane = (): Lane => ({ turns: new FairQueue(AT_ONCE), idle: [] });

/**
 * Turns at the processes that decode. Users take turns, and what is heavy never keeps what is light: one user's work
 * delays another's by the one piece that is under way, whose time is limited.
 */
@Injectable()
export class Decoders implements OnApplicationShutdown {
  private readonly lanes: Record<Weight, Lane> = { light: lane(), heavy: lane() };
  /** With the timer that ends each when it has had nothing to do for a while. */
  private readonly processes = new Map<DecoderProcess, NodeJS.Timeout | undefined>();

  constructor(metrics: Metrics) {
    metrics.gaugeBy(
      'switchboard_decoding_waiting',
      'Files that wait for a decoder',
      'weight',
      () => new Map(Object.entries(this.lanes).map(([weight, { turns }]) => [weight, turns.waiting])),
    );
  }

  /** @throws RATE_LIMITED for one who lets too much wait; what the work throws; the reason of `gone` */
  turn<T>(
    weight: Weight,
    { userId, gone }: DecodingFor,
    work: (decoder: DecoderProcess) => Promise<T>,
  ): Promise<T> {
    const { turns, idle } = this.lanes[weight];
    if (turns.waitingOf(userId) >= MOST_WAITING[weight])
      return Promise.reject(attachmentErrors.tooManyWaiting());
    const take = async (): Promise<T> => {
      const decoder = idle.pop() ?? new DecoderProcess();
      clearTimeout(this.processes.get(decoder));
      this.processes.set(decoder, undefined);
      try {
        return await work(decoder);
      } finally {
        idle.push(decoder);
        this.processes.set(decoder, setTimeout(() => void decoder.end(), IDLE_MS).unref());
      }
    };
    return turns.run(userId, take, gone);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.processes.values()) clearTimeout(timer);
    await Promise.all([...this.processes.keys()].map((decoder) => decoder.end()));
  }
}
