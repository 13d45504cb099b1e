import { appendFileSync, renameSync, statSync } from 'node:fs';

/** PostgreSQL's own messages: kept in a file of bounded size, and the last of them in memory for error texts. */
export class LogFile {
  private size: number;
  private recent = '';

  /** Keeps at most two files of `limit` bytes: the path, and the older `.1`. */
  constructor(
    private readonly path: string,
    private readonly limit = 1_000_000,
  ) {
    try {
      this.size = statSync(path).size;
    } catch {
      this.size = 0;
    }
  }

  /** Never throws: a full disk must not stop the reading of PostgreSQL's output, which would block it. */
  write(chunk: Buffer): void {
    this.recent = (this.recent + chunk.toString('utf8')).slice(-4000);
    try {
      if (this.size + chunk.length > this.limit) {
        renameSync(this.path, `${this.path}.1`);
        this.size = 0;
      }
      appendFileSync(this.path, chunk.subarray(-this.limit), { mode: 0o600 });
      this.size += Math.min(chunk.length, this.limit);
    } catch {
      this.size = 0;
    }
  }

  /** The last lines, without time and pid, on one line. */
  tail(lines = 5): string {
    return this.recent
      .trim()
      .split('\n')
      .slice(-lines)
      .map((line) => line.replace(/^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] /, ''))
      .join(' | ');
  }

  /** Forgets what `tail` and `includes` look at. */
  forget(): void {
    this.recent = '';
  }

  includes(text: string): boolean {
    return this.recent.includes(text);
  }
}
