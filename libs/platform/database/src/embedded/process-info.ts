import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf } from './errors.js';

const linux = process.platform === 'linux';

/**
 * What tells a process from a later one with the same pid: its start time (on Linux with the boot's id).
 * Undefined when no such process lives (a zombie does not); `unknown` when it lives but cannot be read.
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (linux) {
    const identity = linuxIdentity(pid);
    if (identity !== null) return identity;
  }
  if (!isAlive(pid)) return undefined;
  return (process.platform === 'win32' ? '' : ps(pid, 'lstart')) || 'unknown';
}

/** Null when /proc does not show the process (it is gone, or hidden from us). */
function linuxIdentity(pid: number): string | undefined | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name, may hold anything; the third is the state, the 22nd the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}

/** Whether signals reach the pid, or would with more rights. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function ps(pid: number, column: string): string {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Whether the pid is a PostgreSQL process working in exactly this data directory. */
export function isPostgresOf(pid: number, clusterDir: string): boolean {
  if (processIdentity(pid) === undefined) return false;
  if (!linux) {
    const command = ps(pid, 'command');
    return command.includes('postgres') && command.includes(clusterDir);
  }
  try {
    // PostgreSQL changes into its data directory; the program may have been replaced by an update meanwhile.
    const program = basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
    return program === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === clusterDir;
  } catch {
    return false;
  }
}

/** All PostgreSQL processes of a data directory (Linux; elsewhere empty). */
export function postgresProcessesOf(clusterDir: string): number[] {
  if (!linux) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isPostgresOf(pid, clusterDir));
}

/** The process namespace that pids mean something in: a container has its own. */
export function processNamespace(): string {
  try {
    return linux ? readlinkSync('/proc/self/ns/pid') : '';
  } catch {
    return '';
  }
}
