import type { UserView } from './user-view.js';

/** First and last name; of those who are known by one name alone, its first word and the rest. */
export function personalNames({ firstName, lastName, name }: UserView): { first: string; last: string } {
  if (firstName !== null || lastName !== null) return { first: firstName ?? '', last: lastName ?? '' };
  const [first = name, ...rest] = name.split(/\s+/);
  return { first, last: rest.join(' ') };
}
