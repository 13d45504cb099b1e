import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file.js';

describe('LogFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-log-'));
  const path = join(folder, 'postgres.log');

  afterAll(() => rmSync(folder, { recursive: true }));

  it('never holds more than two files of its limit', () => {
    const log = new LogFile(path, 1000);
    for (let i = 0; i < 100; i++) log.write(Buffer.from(`line ${i} ${'x'.repeat(100)}\n`));
    log.write(Buffer.alloc(5000, 'y'));
    expect(statSync(path).size).toBeLessThanOrEqual(1000);
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1000);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on without a file where none can be written, and answers the last lines', () => {
    const log = new LogFile(join(folder, 'missing', 'postgres.log'));
    log.write(
      Buffer.from(
        '2026-01-01 10:00:00.000 UTC [12] FATAL:  no\n2026-01-01 10:00:00.000 UTC [12] LOG:  bye\n',
      ),
    );
    expect(log.tail()).toBe('FATAL:  no | LOG:  bye');
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});
