import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { mainOf } from './processes.js';

/**
 * Builds another checkout with its own script, which does nothing when nothing changed since the last time.
 * @returns its absolute path
 * @throws when there is none, or it does not build
 */
export function builtCheckout(path: string): string {
  const checkout = resolve(path);
  if (!existsSync(checkout)) throw new Error(`There is no ${checkout}`);
  const { status } = spawnSync('npm', ['run', 'build'], { cwd: checkout, stdio: ['ignore', 2, 2] });
  if (status !== 0 || !existsSync(mainOf(checkout))) throw new Error(`${checkout} does not build`);
  return checkout;
}

/** The commit that is checked out, with a plus where files differ from it; undefined without git. */
export function commitOf(checkout: string): string | undefined {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd: checkout, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const commit = git('rev-parse', '--short', 'HEAD');
  return commit && `${commit}${git('status', '--porcelain') ? '+' : ''}`;
}
