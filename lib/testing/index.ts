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
