import DataLoader from 'dataloader';

const MAX_GROUP = 256;

export interface GroupingOptions {
  /** Statements under way at a time. By default two: one on its way to the database, one on its way back. */
  inFlight?: number;
  /** How long the first question of a group waits for others (ms); by default until the end of the turn. */
  gatherMs?: number;
}

/**
 * Answers single questions by one statement for many: while statements are under way, what is asked waits and goes as
 * one. Nothing is kept. A failure is the failure of the whole group. With one statement under way at a time answers come
 * in the order of the questions.
 *
 * @param load gets each key once; a key that it leaves out is answered with undefined.
 */
export function groupedLoader<K, V>(
  load: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>,
  { inFlight: most = 2, gatherMs }: GroupingOptions = {},
): (key: K) => Promise<V | undefined> {
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  const start = (dispatch: () => void): void => {
    inFlight += 1;
    // At the end of the turn what the same poll brought goes together.
    if (gatherMs === undefined) setImmediate(dispatch);
    else setTimeout(dispatch, gatherMs);
  };
  const loader = new DataLoader<K, V | undefined>(
    async (keys) => {
      try {
        const found = await load([...new Set(keys)]);
        return keys.map((key) => found.get(key));
      } finally {
        inFlight -= 1;
        const next = waiting.shift();
        if (next) start(next);
      }
    },
    {
      cache: false,
      maxBatchSize: MAX_GROUP,
      batchScheduleFn: (dispatch) => (inFlight < most ? start(dispatch) : void waiting.push(dispatch)),
    },
  );
  return (key) => loader.load(key);
}
