import type { TortureCase } from 'pagewise/testing';
import { answerScenarios } from './scenarios/answers.js';
import { http2Scenarios } from './scenarios/http2.js';
import { clockScenarios, leavingScenarios } from './scenarios/leaving.js';
import { serverScenarios } from './scenarios/servers.js';
import { verdictScenarios } from './scenarios/verdicts.js';
import { transports } from './subjects.js';

const make = [answerScenarios, leavingScenarios, serverScenarios, verdictScenarios];

/** Faults of one kind of API, of servers as a whole, and of subscribers. */
export const scenarios = (): readonly TortureCase[] => [
  ...Object.entries(transports).flatMap(([name, transport]) => make.flatMap((list) => list(name, transport))),
  ...http2Scenarios(),
];

/** Those that change the whole process, one after the other. */
export const lonelyScenarios = (): readonly TortureCase[] => clockScenarios(...Object.entries(transports)[0]!);
