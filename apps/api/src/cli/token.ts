import type { JwtSignOptions } from '@nestjs/jwt';
import { isRole, readClaims, ROLES } from '#libs/platform/auth';
import { loadConfig } from '#libs/platform/config';
import { DomainError } from '#libs/platform/errors';
import { readOptions, runCommand, UsageError } from './command-line.js';
import { tokenSigner } from './token-signer.js';

const USAGE = `Usage: npm run -s token -- --sub ID [--role ROLE] [--name NAME] [--expires 12h]

Prints a token for the server that runs with the same JWT_SECRET, or the same DATA_DIR.
  --sub      the user's id on the host platform
  --role     ${ROLES.join(', ')} (customer unless told)
  --name     the name that others see
  --expires  how long it is valid: 30s, 45m, 12h, 7d (12h unless told)`;

const DURATION = /^[1-9]\d{0,5}[smhd]$/;

interface TokenRequest {
  sub: string;
  role: string;
  name?: string;
  expiresIn: JwtSignOptions['expiresIn'];
}

/** @returns undefined where only the usage is asked for. @throws UsageError */
function readRequest(): TokenRequest | undefined {
  const given = readOptions({
    sub: { type: 'string' },
    role: { type: 'string', default: 'customer' },
    name: { type: 'string' },
    expires: { type: 'string', default: '12h' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (given.help) return undefined;
  const { sub, role, name, expires: expiresIn } = given;
  if (sub === undefined) throw new UsageError('--sub is missing: whose token is it?');
  if (!isRole(role)) throw new UsageError(`--role: there is no role ${JSON.stringify(role)}.`);
  if (!DURATION.test(expiresIn)) throw new UsageError('--expires: a number with s, m, h or d, such as 12h.');
  try {
    readClaims({ sub, role, name });
  } catch (error) {
    throw new UsageError(error instanceof DomainError ? `--sub: ${error.message}` : String(error));
  }
  return { sub, role, name, expiresIn: expiresIn as JwtSignOptions['expiresIn'] };
}

await runCommand(USAGE, async () => {
  const request = readRequest();
  if (!request) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const signer = await tokenSigner(loadConfig());
  const { expiresIn, ...claims } = request;
  process.stdout.write(`${signer.sign(claims, { expiresIn })}\n`);
});
