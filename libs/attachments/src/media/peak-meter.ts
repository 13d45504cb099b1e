/** Loudest sample of each of these stretches is kept; then they are gathered into as many peaks as are drawn. */
const WINDOW_SECONDS = 0.02;
export const PEAKS = 64;

/** Reduces samples to the peaks of a waveform as they come, in constant memory for each second of sound. */
export class PeakMeter {
  private readonly windows: number[] = [];
  private readonly windowLength: number;
  private loudest = 0;
  private filled = 0;
  private samples = 0;

  constructor(private readonly sampleRate: number) {
    this.windowLength = Math.max(1, Math.round(sampleRate * WINDOW_SECONDS));
  }

  get seconds(): number {
    return this.samples / this.sampleRate;
  }

  /** Samples of one channel, -1 to 1. */
  add(samples: Float32Array): void {
    this.samples += samples.length;
    for (let index = 0; index < samples.length; index += 1) {
      const loudness = Math.abs(samples[index] as number);
      if (loudness > this.loudest) this.loudest = loudness;
      this.filled += 1;
      if (this.filled === this.windowLength) this.close();
    }
  }

  /** 64 figures, the loudest is 100 (a silent recording: all 0); null without any sample. */
  peaks(): number[] | null {
    if (this.filled > 0) this.close();
    const count = this.windows.length;
    if (count === 0) return null;
    const peaks = Array.from({ length: PEAKS }, (_, index) => {
      const from = Math.floor((index * count) / PEAKS);
      const to = Math.max(from + 1, Math.floor(((index + 1) * count) / PEAKS));
      return Math.max(...this.windows.slice(from, to));
    });
    const top = Math.max(...peaks);
    return peaks.map((peak) => (top > 0 ? Math.round((peak / top) * 100) : 0));
  }

  private close(): void {
    this.windows.push(Math.min(1, this.loudest));
    this.loudest = 0;
    this.filled = 0;
  }
}
