export { scriptedTransport, type ScriptedRequest, type ScriptedTransport } from './scripted-transport.js';
export type { AnswerParts, Script, ScriptedAnswer } from './scripted-answer.js';
export { ScriptError } from './script-error.js';

export { recordTransport, type RecordingOptions, type RecordingTransport } from './record-transport.js';
export { replayTransport, type ReplayTransport } from './replay-transport.js';
export type { Exchange, RecordedRequest, Recording } from './recording/recording.js';
export { ReplayError } from './replay-error.js';
export { standIn } from './stand-in.js';

export { strategyContract, type ContractCheck } from './strategy-contract.js';
export type { ApiUnderTest } from './contract/api-under-test.js';

export { hostileServer, type HostileServer, type HostileServerOptions } from './hostile-server.js';
export type {
  Exchange as HostileExchange,
  Fault,
  FaultSchedule,
  HostileRequest,
  PlannedFault,
} from './hostile/fault.js';
export { anyPaging } from './hostile/any-paging.js';
export type { PagedApi, ReceivedRequest, ServedAnswer, ServedPage } from './hostile/paged-api.js';
export { faults } from './faults.js';
export { torture, type TortureCase, type TortureOptions, type TortureResult } from './torture.js';
