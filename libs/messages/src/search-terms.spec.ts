import fc from 'fast-check';
import { highlight, searchTerms, sequencePatterns, wordsQuery } from './search-terms.js';
import { charactersOf } from './word-folding.js';

/** Stands for the database's rules, which have specs of their own. */
const folding = (character: string): string =>
  /[\p{Script=Han}]/u.test(character)
    ? ` ${character} `
    : character
        .normalize('NFKD')
        .replace(/[\p{M}\u00ad]/gu, '')
        .toLowerCase()
        .replace('ß', 'ss')
        .replace(/[^\p{L}\p{N}]/gu, ' ');

const marked = (text: string, query: string): string =>
  highlight(text, searchTerms(query, folding), folding)
    .map((part) => (part.match ? `[${part.text}]` : part.text))
    .join('');

describe('searchTerms', () => {
  it.each([
    ['Brake SÉRVICE', [['brake'], ['service']], [true, true]],
    ['"brake  service" comp', [['brake', 'service'], ['comp']], [false, true]],
    [
      '“brake service” „bremse“ «frein»',
      [['brake', 'service'], ['bremse'], ['frein']],
      [false, false, false],
    ],
    ['rock’n’roll', [['rock', 'n', 'roll']], [true]],
    ['an "open quote', [['an'], ['open'], ['quote']], [true, true, true]],
    ['刹车', [['刹', '车']], [true]],
    ['& | ! : * ( ) \' \\ 😀 "" "!"', [], []],
  ])('reads %j', (query, words, prefixes) => {
    const terms = searchTerms(query, folding);
    expect(terms.map((term) => term.words)).toEqual(words);
    expect(terms.map((term) => term.isPrefix)).toEqual(prefixes);
  });

  it('asks for the words, and for their order where there are several', () => {
    const terms = searchTerms('"brake service" rock-n-roll last', folding);
    expect(wordsQuery(terms)).toBe("'brake' & 'service' & 'rock' & 'n' & 'roll':* & 'last':*");
    expect(sequencePatterns(terms)).toEqual(['(^| )brake +service( |$)', '(^| )rock +n +roll']);
  });
});

describe('highlight', () => {
  it.each([
    ['Die BRÈMSE, „schön“!', 'brems schon', 'Die [BRÈMSE], „[schön]“!'],
    ['The brake – service', '"brake service"', 'The [brake – service]'],
    ['service of the brake service', '"brake service"', 'service of the [brake service]'],
    ['Rock’n’Roll rocks', "rock'n'r", '[Rock’n’Roll] rocks'],
    ['Stra\u00adße', 'strasse', '[Stra\u00adße]'],
    ['cafe\u0301s', 'café', '[cafe\u0301s]'],
    ['我的刹车坏了', '刹车', '我的[刹车]坏了'],
    ['\uE000brake\uE001 \uE001brake\uE000', 'brake', '\uE000[brake]\uE001 \uE001[brake]\uE000'],
    ['a½b', '"a1" 2', '[a½b]'],
    ['a b a b a', '"a b a"', '[a b a b a]'],
    ['nothing', 'brake', 'nothing'],
  ])('marks in %j what %j finds', (text, query, expected) => {
    expect(marked(text, query)).toBe(expected);
  });

  it('never changes the text', () => {
    const piece = fc.constantFrom(...charactersOf('abcéß½ \u00ad“”!刹😀\uE000'));
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece), (text, query) => {
        const parts = highlight(text.join(''), searchTerms(query.join(''), folding), folding);
        expect(parts.map((part) => part.text).join('')).toBe(text.join(''));
        expect(parts.every((part) => part.text !== '')).toBe(true);
      }),
    );
  });
});
