import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Characters as ranges of code points from Unicode 17, for expressions that are compared by code point: classes like
 * \w go by the locale of the database, and one with the locale C knows ASCII alone.
 */

/** Accents, vowel points and what nobody sees: they leave a word as it is. */
const INVISIBLE = [
  String.raw`\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u061c\u0640`,
  String.raw`\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07fa`,
  String.raw`\u0897-\u089f\u08ca-\u08e1\u08e3-\u08ff\u0951-\u0954\u180e\u1ab0-\u1aeb\u1cd0-\u1cd2\u1cd4-\u1ce0`,
  String.raw`\u1ce2-\u1ce8\u1ced\u1cf4\u1cf8-\u1cf9\u1dc0-\u1dff\u200c-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20f0`,
  String.raw`\u2de0-\u2dff\u302a-\u302d\ua66f-\ua672\ua674-\ua67d\ua69e-\ua69f\ufb1e\ufe00-\ufe2f\ufeff\U000101fd`,
  String.raw`\U000102e0\U00010efa-\U00010eff\U0001133b\U0001bca0-\U0001bca3\U0001cf00-\U0001cf46\U0001d167-\U0001d169`,
  String.raw`\U0001d173-\U0001d182\U0001d185-\U0001d18b\U0001d1aa-\U0001d1ad\U0001e08f\U000e0001-\U000e01ef`,
].join('');

/** Punctuation, symbols (emoji too), spaces, controls and private use beyond ASCII: they end a word. */
const SEPARATORS = [
  String.raw`\u0080-\u00bf\u00d7\u00f7\u02b9-\u02bf\u02c2-\u02c5\u02d2-\u02eb\u02ed\u02ef-\u02ff\u0375\u03f6\u0482`,
  String.raw`\u055a-\u055f\u0589-\u05c6\u05f3-\u061f\u066a-\u066d\u06d4\u06dd-\u06de\u06e9\u06fd-\u06fe\u0700-\u070f`,
  String.raw`\u07f6-\u07f9\u07fe-\u07ff\u0830-\u083e\u085e\u0888\u0890-\u0891\u08e2\u0964-\u0965\u0970\u09f2-\u09f3`,
  String.raw`\u09fa-\u09fb\u09fd\u0a76\u0af0-\u0af1\u0b70\u0bf3-\u0bfa\u0c77\u0c7f\u0c84\u0d4f\u0d79\u0df4\u0e3f\u0e4f`,
  String.raw`\u0e5a-\u0e5b\u0f01-\u0f17\u0f1a-\u0f1f\u0f34\u0f36\u0f38\u0f3a-\u0f3d\u0f85\u0fbe-\u0fc5\u0fc7-\u0fda`,
  String.raw`\u104a-\u104f\u109e-\u109f\u10fb\u1360-\u1368\u1390-\u1399\u1400\u166d-\u166e\u1680\u169b-\u169c`,
  String.raw`\u16eb-\u16ed\u1735-\u1736\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u1940-\u1945\u19de-\u19ff\u1a1e-\u1a1f`,
  String.raw`\u1aa0-\u1aa6\u1aa8-\u1aad\u1b4e-\u1b4f\u1b5a-\u1b6a\u1b74-\u1b7f\u1bfc-\u1bff\u1c3b-\u1c3f\u1c7e-\u1c7f`,
  String.raw`\u1cc0-\u1cd3\u200b-\u212e\u213a-\u214d\u214f\u218a-\u244a\u2500-\u2775\u2794-\u2bff\u2ce5-\u2cea`,
  String.raw`\u2cf9-\u2cfc\u2cfe-\u2cff\u2d70\u2e00-\u2e2e\u2e30-\u3004\u3008-\u3020\u3030\u3037\u303d-\u303f\u30a0\u30fb`,
  String.raw`\u3190-\u3191\u31c0-\u31ef\u327f\u4dc0-\u4dff\ua490-\ua4c6\ua4fe-\ua4ff\ua60d-\ua60f\ua673-\ua67e`,
  String.raw`\ua6f2-\ua716\ua720-\ua721\ua789-\ua78a\ua828-\ua82b\ua836-\ua839\ua874-\ua877\ua8ce-\ua8cf\ua8f8-\ua8fa`,
  String.raw`\ua8fc\ua92e-\ua92f\ua95f\ua9c1-\ua9cd\ua9de-\ua9df\uaa5c-\uaa5f\uaa77-\uaa79\uaade-\uaadf\uaaf0-\uaaf1`,
  String.raw`\uab5b\uab6a-\uab6b\uabeb\ue000-\uf8ff\ufbb2-\ufe46\ufff9-\ufffd\U00010100-\U00010102\U00010137-\U0001013f`,
  String.raw`\U00010179-\U00010189\U0001018c-\U000101fc\U0001039f\U000103d0\U0001056f\U00010857\U00010877-\U00010878`,
  String.raw`\U0001091f\U0001093f\U00010a50-\U00010a58\U00010a7f\U00010ac8\U00010af0-\U00010af6\U00010b39-\U00010b3f`,
  String.raw`\U00010b99-\U00010b9c\U00010d6e\U00010d8e-\U00010d8f\U00010ead\U00010ed0-\U00010ed8\U00010f55-\U00010f59`,
  String.raw`\U00010f86-\U00010f89\U00011047-\U0001104d\U000110bb-\U000110c1\U000110cd\U00011140-\U00011143`,
  String.raw`\U00011174-\U00011175\U000111c5-\U000111c8\U000111cd\U000111db\U000111dd-\U000111df\U00011238-\U0001123d`,
  String.raw`\U000112a9\U000113d4-\U000113d8\U0001144b-\U0001144f\U0001145a-\U0001145d\U000114c6\U000115c1-\U000115d7`,
  String.raw`\U00011641-\U00011643\U00011660-\U0001166c\U000116b9\U0001173c-\U0001173f\U0001183b\U00011944-\U00011946`,
  String.raw`\U000119e2\U00011a3f-\U00011a46\U00011a9a-\U00011a9c\U00011a9e-\U00011aa2\U00011b00-\U00011b09\U00011be1`,
  String.raw`\U00011c41-\U00011c45\U00011c70-\U00011c71\U00011ef7-\U00011ef8\U00011f43-\U00011f4f\U00011fd5-\U00011fff`,
  String.raw`\U00012470-\U00012474\U00012ff1-\U00012ff2\U00013430-\U0001343f\U00016a6e-\U00016a6f\U00016af5`,
  String.raw`\U00016b37-\U00016b3f\U00016b44-\U00016b45\U00016d6d-\U00016d6f\U00016e97-\U00016e9a\U00016fe2\U0001bc9c`,
  String.raw`\U0001bc9f-\U0001d15d\U0001d16a-\U0001d16c\U0001d183-\U0001d241\U0001d245\U0001d300-\U0001d356`,
  String.raw`\U0001d800-\U0001d9ff\U0001da37-\U0001da3a\U0001da6d-\U0001da74\U0001da76-\U0001da83\U0001da85-\U0001da8b`,
  String.raw`\U0001e14f\U0001e2ff\U0001e5ff\U0001e95e-\U0001e95f\U0001ecac\U0001ecb0\U0001ed2e\U0001eef0-\U0001f0f5`,
  String.raw`\U0001f10d-\U0001fbfa\U000f0000-\U0010fffd`,
].join('');

/** In ASCII; the space itself stays, so that ordinary text has few matches. */
const ASCII_SEPARATORS = String.raw`\u0001-\u001f\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f`;

/** Scripts that are written without spaces (Thai to Khmer, kana, Han): each character is a word, runs are phrases. */
const UNSPACED = String.raw`\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u312f\u3400-\u9fff\U00020000-\U0003ffff`;

/** Letters that Unicode does not take apart, as people type them without a keyboard for them. */
const LETTERS = Object.entries({
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ð: 'd',
  ø: 'o',
  đ: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŋ: 'n',
  ŧ: 't',
  ɓ: 'b',
  ɗ: 'd',
  ƙ: 'k',
  ƴ: 'y',
  ς: 'σ',
});
const letterByLetter = LETTERS.reduce((sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`, 'words');

/**
 * `chat_words`: the words of a text, with single or more spaces around them, without accents, in lower case; the same on
 * every server, whatever its locale. It goes character by character (one with the marks that follow it), which is what
 * lets highlights be found in the text as written. Words are cut after 250 characters, as `tsvector` refuses long ones.
 *
 * A text of 200 characters takes 7 µs (ASCII) to 35 µs, of a script without spaces 90. It names nothing outside of
 * pg_catalog, so that a dump restores.
 *
 * The index is built while messages wait: some 20 s for a million. It is not partial, since of a partial index the planner
 * does not use the statistics; deleted messages have no words anyway. The former one goes with the next migration.
 */
export class SearchWords1795192803000 implements MigrationInterface {
  name = 'SearchWords1795192803000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION chat_words(content text) RETURNS text
      LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
      DECLARE
        words text := content;
      BEGIN
        IF octet_length(words) = char_length(words) THEN
          words := lower(words COLLATE "C");
        ELSE
          words := regexp_replace(normalize(words, NFKD) COLLATE "C", '[${INVISIBLE}]+', '', 'g');
          words := lower(words ${await this.caseRules(runner)});
          IF words COLLATE "C" ~ '[${LETTERS.map(([from]) => from).join('')}]' THEN
            words := ${letterByLetter};
          END IF;
          IF words COLLATE "C" ~ '[${UNSPACED}]' THEN
            words := regexp_replace(words COLLATE "C", '([${UNSPACED}])', ' \\1 ', 'g');
          END IF;
        END IF;
        words := regexp_replace(words COLLATE "C", '[${ASCII_SEPARATORS}${SEPARATORS}]+', ' ', 'g');
        IF octet_length(words) > 2000 THEN
          words := left(regexp_replace(words COLLATE "C", '([^ ]{250})', '\\1 ', 'g'), 250000);
        END IF;
        RETURN words;
      END $$`);
    await runner.query(
      `CREATE INDEX messages_words ON messages USING gin (room_id, (chat_words(content)::tsvector))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_words`);
    await runner.query(`DROP FUNCTION chat_words(text)`);
  }

  /** Lower case by Unicode: PostgreSQL 17's own tables, or ICU's; where it has neither, as the database's locale can. */
  private async caseRules(runner: QueryRunner): Promise<string> {
    const [found] = (await runner.query(
      `SELECT collname FROM pg_collation WHERE collnamespace = 'pg_catalog'::regnamespace
         AND collname IN ('pg_c_utf8', 'und-x-icu') ORDER BY collname = 'pg_c_utf8' DESC LIMIT 1`,
    )) as { collname: string }[];
    return found ? `COLLATE pg_catalog."${found.collname}"` : '';
  }
}
