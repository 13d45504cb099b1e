import { unsuitability } from './check-server.js';

const settings = (changed: Record<string, string> = {}): Map<string, string> =>
  new Map(
    Object.entries({
      server_version_num: '140000',
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      ...changed,
    }),
  );

describe('unsuitability', () => {
  it('accepts PostgreSQL 14, and whatever is newer', () => {
    expect(unsuitability(settings(), false)).toBeUndefined();
    expect(unsuitability(settings({ server_version_num: '180001' }), false)).toBeUndefined();
  });

  it.each(['130022', '90624', 'nonsense', ''])('refuses version %s', (version) => {
    expect(unsuitability(settings({ server_version_num: version }), true)).toContain('14 or newer');
  });

  it('names each setting that costs durability', () => {
    const unsafe = settings({ fsync: 'off', synchronous_commit: 'off' });
    expect(unsuitability(unsafe, false)).toContain('with fsync, synchronous_commit off');
    expect(unsuitability(settings({ full_page_writes: 'off' }), false)).toContain('full_page_writes off');
  });

  it('accepts weaker and stronger commits that survive a crash of the server', () => {
    for (const level of ['local', 'remote_write', 'remote_apply'])
      expect(unsuitability(settings({ synchronous_commit: level }), false)).toBeUndefined();
  });

  it('accepts what the operator accepts', () => {
    expect(unsuitability(settings({ fsync: 'off' }), true)).toBeUndefined();
  });
});
