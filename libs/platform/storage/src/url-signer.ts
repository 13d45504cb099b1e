import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const PURPOSE = 'switchboard file urls 1';
/** A URL is the same for this part of its lifetime, so that a browser's cache finds it again. */
const STEPS = 168;
const MAX_EXPIRES = 8_640_000_000_000;

export type UrlVerdict = 'valid' | 'expired' | 'forged';

/** Signs paths so that whoever has the URL may read that one file, for a time, without a token. */
export class UrlSigner {
  private readonly key: Buffer;

  constructor(
    secret: string,
    private readonly ttlSeconds: number,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32));
  }

  /** When a URL ends that is made now: after the lifetime, or up to 1/168 of it (an hour of 7 days) earlier. */
  expiry(now = Date.now()): Date {
    const step = (this.ttlSeconds * 1000) / STEPS;
    return new Date(Math.floor(Math.floor(now / step) * step) + this.ttlSeconds * 1000);
  }

  /** The path with its expiry and signature. */
  sign(path: string, expires: Date): string {
    const at = expires.getTime();
    return `${path}?expires=${at}&signature=${this.signature(path, at)}`;
  }

  verify(path: string, expires: unknown, signature: unknown, now = Date.now()): UrlVerdict {
    if (typeof expires !== 'string' || typeof signature !== 'string' || !/^\d{1,16}$/.test(expires))
      return 'forged';
    const at = Number(expires);
    if (at > MAX_EXPIRES) return 'forged';
    const given = Buffer.from(signature);
    const right = Buffer.from(this.signature(path, at));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return 'forged';
    return at > now ? 'valid' : 'expired';
  }

  private signature(path: string, expires: number): string {
    return createHmac('sha256', this.key).update(`${path}\n${expires}`).digest('base64url');
  }
}
