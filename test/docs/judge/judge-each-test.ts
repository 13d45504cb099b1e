import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { heardAnswers, heardEvents } from '../../support/heard.js';
import type { Document } from '../openapi-document.js';
import type { EventDocument } from '../records.js';
import { AnswerJudge } from './answers.js';
import { EventJudge } from './events.js';
import { readDocument } from './validators.js';

/** Their servers send events that the documents of the usual server do not know. */
const OWN_EVENTS = ['test/platform/socket-limits.e2e.spec.ts', 'test/dialects/adding-a-dialect.e2e.spec.ts'];

interface Judges {
  answers: AnswerJudge;
  events: EventJudge;
}

const textOf = (name: string): string =>
  readFileSync(join(process.env.SWITCHBOARD_TEST_DIR as string, name), 'utf8');

let judges: Judges | undefined;
/** Only when something was heard: many specs have no server. */
const known = (): Judges =>
  (judges ??= {
    answers: new AnswerJudge(readDocument<Document>(textOf('openapi.json'))),
    events: new EventJudge(readDocument<EventDocument>(textOf('asyncapi.json'))),
  });

/** A test fails where a client of it heard what the documents do not say, also before it (`beforeAll`). */
export function judgeEachTest(): void {
  const { testPath = '' } = expect.getState();
  const hasOwnEvents = OWN_EVENTS.some((path) => testPath.endsWith(path));
  const judge = (): void => {
    const events = hasOwnEvents ? [] : [...heardEvents];
    heardEvents.length = 0;
    const faults = [
      ...heardAnswers.splice(0).flatMap((answer) => known().answers.faultsOf(answer)),
      ...events.flatMap((event) => known().events.faultsOf(event)),
    ];
    if (faults.length > 0)
      throw new Error(`Not as the documents have it:\n${[...new Set(faults)].join('\n')}`);
  };
  afterEach(judge);
  afterAll(judge);
}
