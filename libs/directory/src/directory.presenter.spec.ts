import fc from 'fast-check';
import { wireId } from './directory.presenter.js';

describe('wireId', () => {
  it('shows whole numbers as numbers', () => {
    fc.assert(fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (id) => wireId(String(id)) === id));
  });

  it('loses nothing: what it shows reads back as the same id', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (id) => String(wireId(id)) === id));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (id) => String(wireId(`${id}`)) === `${id}`),
    );
  });

  it.each(['', '00', '01', '+1', '-1', '1.0', '1e3', ' 1', '0x10', '9007199254740992', '١'])(
    'leaves %j as text',
    (id) => {
      expect(wireId(id)).toBe(id);
    },
  );
});
