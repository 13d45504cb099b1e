const ANSWER_MS = 1_000;

/**
 * Waits for an answer of Redis, but not for Redis to come back: after a second, or when it fails, the fallback holds.
 * @param failed told why there was no answer
 */
export async function inTime<T>(
  answer: Promise<T>,
  fallback: T,
  failed: (error: unknown) => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(fallback), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    failed(error);
    return fallback;
  } finally {
    clearTimeout(timer);
  }
}
