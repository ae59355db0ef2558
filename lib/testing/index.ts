export { scriptedTransport, type ScriptedRequest, type ScriptedTransport } from './scripted-transport.js';
export type { AnswerParts, Script, ScriptedAnswer } from './scripted-answer.js';
export { ScriptError } from './script-error.js';
