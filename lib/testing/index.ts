export { scriptedTransport, type ScriptedRequest, type ScriptedTransport } from './scripted-transport.js';
export type { AnswerParts, Script, ScriptedAnswer } from './scripted-answer.js';
export { ScriptError } from './scripted-answer.js';

export { recordTransport, type RecordingOptions, type RecordingTransport } from './recording/record-transport.js';
export { replayTransport, type ReplayTransport } from './recording/replay-transport.js';
export type { Exchange, RecordedRequest, Recording } from './recording/recording.js';
export { ReplayError } from './recording/replay-transport.js';
export { standIn } from './recording/secrets.js';

export { strategyContract, type ContractCheck } from './contract/strategy-contract.js';
export type { ApiUnderTest } from './contract/trial.js';

export { hostileServer, type HostileServer, type HostileServerOptions } from './hostile/hostile-server.js';
export type {
  Exchange as HostileExchange,
  Fault,
  FaultSchedule,
  HostileRequest,
  PlannedFault,
} from './hostile/fault.js';
export { anyPaging } from './hostile/any-paging.js';
export type { PagedApi, ReceivedRequest, ServedAnswer, ServedPage } from './hostile/paged-api.js';
export { faults } from './hostile/faults.js';
export { torture, type TortureCase, type TortureOptions, type TortureResult } from './torture/torture.js';
