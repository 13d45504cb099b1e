import { UrlSigner } from './url-signer.js';

const WEEK_S = 604_800;
const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2024, 0, 15, 14, 30);

describe('signed URLs', () => {
  const signer = new UrlSigner('a secret of some length', WEEK_S);
  const read = (url: string, now: number, by = signer) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    return by.verify(pathname, searchParams.get('expires'), searchParams.get('signature'), now);
  };

  it('are valid until they expire', () => {
    const expires = signer.expiry(NOW);
    const url = signer.sign('/files/a.png', expires);
    expect(read(url, NOW)).toBe('valid');
    expect(read(url, expires.getTime() - 1)).toBe('valid');
    expect(read(url, expires.getTime())).toBe('expired');
  });

  it('live for their time, or up to an hour of a week less, and are the same within the hour', () => {
    const life = signer.expiry(NOW).getTime() - NOW;
    expect(life).toBeLessThanOrEqual(WEEK_S * 1000);
    expect(life).toBeGreaterThan(WEEK_S * 1000 - HOUR_MS);
    expect(signer.expiry(NOW + HOUR_MS / 3)).toEqual(signer.expiry(NOW));
    expect(signer.expiry(NOW + HOUR_MS)).not.toEqual(signer.expiry(NOW));
  });

  it('are worth nothing with another path, time or secret', () => {
    const expires = signer.expiry(NOW);
    const url = signer.sign('/files/a.png', expires);
    expect(read(url.replace('a.png', 'b.png'), NOW)).toBe('forged');
    expect(read(url.replace(String(expires.getTime()), String(expires.getTime() + 1)), NOW)).toBe('forged');
    expect(read(url, NOW, new UrlSigner('another secret of some length', WEEK_S))).toBe('forged');
    expect(signer.verify('/files/a.png', undefined, undefined, NOW)).toBe('forged');
    expect(signer.verify('/files/a.png', ['1', '2'], 'x', NOW)).toBe('forged');
  });
});
