/** What a file is refused for by whoever opens it; an error of the process's own has no such kind. */
export type DecodingFault = 'damaged' | 'too-many-pixels' | 'not-audio' | 'disk-full' | 'disk';

/** Crosses the border between the processes as its kind. */
export class DecodingError extends Error {
  constructor(
    readonly fault: DecodingFault,
    message: string,
  ) {
    super(message);
  }
}
