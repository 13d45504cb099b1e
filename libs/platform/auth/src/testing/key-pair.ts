import { generateKeyPairSync } from 'node:crypto';

const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;

/**
 * A fresh pair as text. With generated key objects Node.js 20 may stand still for good: reading a key holds a lock that
 * the garbage collector, run meanwhile, wants for the job which generated it.
 */
export const keyPair = (alg: 'RS256' | 'ES256'): { publicKey: string; privateKey: string } =>
  alg === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2_048, publicKeyEncoding, privateKeyEncoding })
    : generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding, privateKeyEncoding });
