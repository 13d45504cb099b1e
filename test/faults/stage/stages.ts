import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { Stage } from './stage.js';

/** One stage for all scenarios, until one leaves something behind that is no business of the next. */
export class Stages {
  private stage: Stage | undefined;
  private number = 0;

  constructor(
    private readonly folder: string,
    private readonly nodes: number,
    private readonly ending: AbortSignal,
  ) {}

  async current(): Promise<Stage> {
    if (this.stage) return this.stage;
    this.number += 1;
    const folder = join(this.folder, String(this.number));
    // Servers of other users work in it.
    await mkdir(folder, { mode: 0o755 });
    this.stage = await Stage.start(folder, this.nodes, this.ending);
    return this.stage;
  }

  /** Everything of it ends; the next one is new. */
  async leave(): Promise<void> {
    const { stage } = this;
    this.stage = undefined;
    await stage?.stop();
  }
}
