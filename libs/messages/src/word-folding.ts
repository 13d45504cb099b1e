import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '#libs/platform/database';

const MAX_KNOWN = 20_000;
/** Of a character with its marks; longer ones are asked for each time. */
const MAX_KNOWN_LENGTH = 8;
const CHARACTERS = /\P{M}\p{M}*|\p{M}+/gu;

/** Characters as people see them: each with the marks that follow it. */
export const charactersOf = (text: string): string[] => text.match(CHARACTERS) ?? [];

/** What a character is to the search: letters without accents and case, spaces around a word's end, or nothing. */
export type Folding = (character: string) => string;

/**
 * The word rules of the search. They are the database's (`chat_words`, which the index is made with) and go character
 * by character, so that what it says of each is asked once and kept.
 */
@Injectable()
export class WordFolding {
  private readonly known = new LRUCache<string, string>({ max: MAX_KNOWN });

  constructor(private readonly database: Database) {}

  /** The folding of every character in the texts. */
  async of(texts: readonly string[]): Promise<Folding> {
    const folded = new Map<string, string>();
    const unknown = new Set<string>();
    for (const text of texts) {
      for (const character of new Set(charactersOf(text))) {
        const known = this.known.get(character);
        if (known === undefined) unknown.add(character);
        else folded.set(character, known);
      }
    }
    for (const row of await this.ask([...unknown])) {
      folded.set(row.character, row.folded);
      if (row.character.length <= MAX_KNOWN_LENGTH) this.known.set(row.character, row.folded);
    }
    return (character) => folded.get(character) ?? ' ';
  }

  private async ask(characters: string[]): Promise<{ character: string; folded: string }[]> {
    if (characters.length === 0) return [];
    return this.database.query(
      'SELECT character, chat_words(character) AS folded FROM unnest($1::text[]) AS character',
      [characters],
    );
  }
}
