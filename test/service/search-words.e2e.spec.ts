import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Letters by Unicode, by use apostrophes. */
const LIKE_APOSTROPHES = /[\u02b9-\u02bf]/u;
const INVISIBLE = /[\p{M}\p{Cf}\u0640\u07fa]/u;
const KINDS = /[\p{L}\p{N}]|[\p{P}\p{S}\p{Z}\p{Cc}\p{Co}]/u;

describe('the words of a text', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const fold = async (texts: string[]): Promise<string[]> => {
    const { rows } = await client.query<{ words: string }>(
      'SELECT chat_words(text) AS words FROM unnest($1::text[]) WITH ORDINALITY AS t(text, n) ORDER BY n',
      [texts],
    );
    return rows.map((row) => row.words);
  };
  const words = async (text: string): Promise<string[]> =>
    (await fold([text]))[0]!.split(' ').filter((word) => word !== '');

  it.each([
    ['“brake” „Bremse“ «frein» —x— …y… z\u00a0z', 'brake bremse frein x y z z'],
    ['front/brake and/or ok.brake a_b c-d', 'front brake and or ok brake a b c d'],
    ['https://shop.example/path?q=1 jo@shop.example', 'https shop example path q 1 jo shop example'],
    ['List<String> rock’n’roll', 'list string rock n roll'],
    ['😀brake👍🏽 ❤️heart 🇩🇪', 'brake heart'],
    ['Café2 CAFE\u0301 ﬁn Ｆｕｌｌ', 'cafe2 cafe fin full'],
    ['Straße ŁÓDŹ Ærø İstanbul ılık', 'strasse lodz aero istanbul ilik'],
    ['ΟΔΟΣ οδός Ёлка ԱՐԵՎ', 'οδοσ οδοσ елка արեվ'],
    ['كِتَابٌ، كتـاب שָׁלוֹם', 'كتاب كتاب שלום'],
    ['हिन्दी।', 'हिन्दी'],
    ['刹车abc坏，了', '刹 车 abc 坏 了'],
    ['so\u00adft zero\u200bwidth non\u200cjoiner', 'soft zero width nonjoiner'],
    ['\ue000private\ue001\t\u0085\u2028line\nfeed', 'private line feed'],
    ['1e5 0x1F 12.5', '1e5 0x1f 12 5'],
    ["'; DROP : \\ <-> & | ! *", 'drop'],
  ])('of %j are %j', async (text, expected) => {
    expect((await words(text)).join(' ')).toBe(expected.normalize('NFKD'));
  });

  it('are told by every character of Unicode: letters and digits stay, all else separates or vanishes', async () => {
    const characters: string[] = [];
    for (let code = 1; code <= 0x10ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      // Of the large uniform blocks (Han, Hangul, private use) every hundredth.
      if (((code >= 0x3400 && code < 0xf900) || code >= 0x17000) && code % 100 > 0 && code < 0x1d000)
        continue;
      if (code >= 0x20000 && code % 1000 > 0) continue;
      const character = String.fromCodePoint(code);
      if (KINDS.test(character) && character.normalize('NFKD') === character) characters.push(character);
    }
    const folded = await fold(characters);
    const wrong = characters.filter((character, at) => {
      if (INVISIBLE.test(character)) return false;
      const isWord = /[\p{L}\p{N}]/u.test(character) && !LIKE_APOSTROPHES.test(character);
      return isWord ? folded[at]!.trim() === '' : !/^ +$/.test(folded[at]!);
    });
    expect(wrong).toEqual([]);
  });

  it('are those of its characters one after another', async () => {
    const text = 'Die „BRÈMSE“ 刹车 ｶﾞ a½ Ω̂Σ. Łódź\u00ad-x हिन्दी 😀';
    const parts = text.match(/\P{M}\p{M}*/gu)!;
    const joined = (await fold(parts)).join('').split(/ +/);
    expect(joined.join(' ').trim()).toBe((await words(text)).join(' '));
  });

  it.each([
    ['one long word', 'x'.repeat(100_000)],
    ['letters of many bytes', '𐐨'.repeat(50_000)],
    ['ligatures that grow', '\ufdfa'.repeat(100_000)],
  ])('fit into the index: %s', async (_what, text) => {
    await expect(client.query('SELECT chat_words($1)::tsvector', [text])).resolves.toBeDefined();
  });
});
