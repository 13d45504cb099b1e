import { charactersOf, type Folding } from './word-folding.js';

const MAX_TERMS = 20;
/** As keyboards type them; phones prefer the curly ones. */
const QUOTES = '"“”„‟«»';
const PHRASE = new RegExp(`[${QUOTES}]([^${QUOTES}]*)[${QUOTES}]`, 'g');
const BETWEEN_WORDS = new RegExp(`[\\s${QUOTES}]+`);

/** Words that follow each other; of the last one the beginning is enough where it is a prefix. */
export interface SearchTerm {
  words: string[];
  isPrefix: boolean;
}

/** A stretch of a message's text. */
export interface HighlightPart {
  text: string;
  match: boolean;
}

/** A word as the search sees it, and where it stands in the text as written. */
interface Token {
  word: string;
  start: number;
  end: number;
}

/** The quoted phrases of a query, and its words as prefixes: `rock'n'roll` is three that follow each other. */
export function searchTerms(query: string, folding: Folding): SearchTerm[] {
  const phrases: string[] = [];
  const rest = query.replace(PHRASE, (_match, phrase: string) => {
    phrases.push(phrase);
    return ' ';
  });
  const termsOf = (parts: string[], isPrefix: boolean): SearchTerm[] =>
    parts
      .map((part) => ({ words: tokensOf(part, folding).map(({ word }) => word), isPrefix }))
      .filter(({ words }) => words.length > 0)
      .slice(0, MAX_TERMS);
  return [...termsOf(phrases, false), ...termsOf(rest.split(BETWEEN_WORDS), true)];
}

/** As PostgreSQL's `tsquery`: which words there are, in whatever order. Words have nothing but letters and digits. */
export const wordsQuery = (terms: readonly SearchTerm[]): string =>
  terms
    .flatMap(({ words, isPrefix }) =>
      words.map((word, at) => `'${word}'${isPrefix && at === words.length - 1 ? ':*' : ''}`),
    )
    .join(' & ');

/** As regular expressions over the words of a text: which words follow each other. */
export const sequencePatterns = (terms: readonly SearchTerm[]): string[] =>
  terms
    .filter(({ words }) => words.length > 1)
    .map(({ words, isPrefix }) => `(^| )${words.join(' +')}${isPrefix ? '' : '( |$)'}`);

/** The text as written, in parts; words that a term matches are marked as wholes. */
export function highlight(text: string, terms: readonly SearchTerm[], folding: Folding): HighlightPart[] {
  const parts: HighlightPart[] = [];
  let done = 0;
  for (const { start, end } of matches(tokensOf(text, folding), terms)) {
    const from = Math.max(start, done);
    if (from > done) parts.push({ text: text.slice(done, from), match: false });
    const last = parts.at(-1);
    if (end <= from) continue;
    if (last?.match) last.text += text.slice(from, end);
    else parts.push({ text: text.slice(from, end), match: true });
    done = end;
  }
  if (done < text.length) parts.push({ text: text.slice(done), match: false });
  return parts;
}

/** Stretches that match, by where they start. */
function matches(tokens: readonly Token[], terms: readonly SearchTerm[]): { start: number; end: number }[] {
  return tokens.flatMap((token, at) => {
    const ends = terms
      .filter((term) => matchesAt(tokens, at, term))
      .map(({ words }) => tokens[at + words.length - 1]!.end);
    return ends.length === 0 ? [] : [{ start: token.start, end: Math.max(...ends) }];
  });
}

const matchesAt = (tokens: readonly Token[], at: number, { words, isPrefix }: SearchTerm): boolean =>
  words.every((word, n) => {
    const found = tokens[at + n]?.word;
    return isPrefix && n === words.length - 1 ? found?.startsWith(word) : found === word;
  });

function tokensOf(text: string, folding: Folding): Token[] {
  const tokens: Token[] = [];
  let open: Token | undefined;
  let at = 0;
  for (const character of charactersOf(text)) {
    const end = at + character.length;
    for (const letter of folding(character)) {
      if (letter === ' ') {
        open = undefined;
      } else if (open) {
        open.word += letter;
        open.end = end;
      } else {
        open = { word: letter, start: at, end };
        tokens.push(open);
      }
    }
    at = end;
  }
  return tokens;
}
