import type { Window } from '../checker/facts.js';
import type { Random } from '../random.js';
import type { ChatNode } from '../stage/chat-node.js';
import type { Stage } from '../stage/stage.js';

/** What a fault may act on. */
export interface Play {
  stage: Stage;
  /** The one server that it concerns, where it concerns one. */
  victim: ChatNode;
  random: Random;
  /** What this breaks, as long as the work lasts. */
  during(without: Window['without'], nodes: readonly ChatNode[], work: () => Promise<unknown>): Promise<void>;
  trouble(what: string): void;
}

export interface Fault {
  about: string;
  /** Servers that it needs; two have a Redis. */
  nodes: 1 | 2;
  /** Why it cannot be brought about on this machine. */
  impossible?: string;
  run(play: Play): Promise<void>;
}
