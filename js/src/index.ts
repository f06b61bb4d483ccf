// The package's core: policies, sets and decisions, in every runtime.

export { Decision, Denial, type PreflightResponse, type Header } from './decision.js';
export type { CompiledTable, Question } from './engine/compiled.js';
export type { HeadersLike } from './engine/headers.js';
export type { PolicyOptions, PolicyTableOptions } from './engine/spec.js';
export type { DenialCode, RequestClass } from './engine/vocabulary.js';
export { PolicyError, type Finding } from './finding.js';
export { PolicyHolder } from './holder.js';
export type { Logger } from './log.js';
export { Policy, PolicySet, isPolicy, type OriginCheck, type RequestPath } from './policy.js';
