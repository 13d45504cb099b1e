const MAX_COMPLAINTS = 100;

/**
 * Decoders complain to the console about damaged files, where nobody should hear it. One that complains without end
 * works without end (mpg123 does): a complaint too many is thrown at it.
 */
export function quietConsole(): { reset(): void } {
  let complaints = 0;
  const complain = (): void => {
    complaints += 1;
    if (complaints > MAX_COMPLAINTS) throw new Error('The decoder complains without end');
  };
  const methods = ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const;
  // eslint-disable-next-line no-console -- this is what silences it
  for (const method of methods) console[method] = complain;
  return { reset: () => void (complaints = 0) };
}
