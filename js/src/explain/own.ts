// What a browser makes of the application's own response: for report-only mode.

import { call } from './module.js';
import type { OwnExchange } from '../model.js';

/** Why a browser blocks the response: a code. null: it passes. undefined: no browser sends the request. */
export function judgeOwn(own: OwnExchange): string | null | undefined {
  const { method, lines, hasCredentials, status, headers } = own;
  const judged = call<{ is_sent: boolean; code: string | null }>('own', { method, lines, has_credentials: hasCredentials, status, headers });
  return judged.is_sent ? judged.code : undefined;
}
