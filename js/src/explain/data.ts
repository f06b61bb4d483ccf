// What explanations are, as data: the JSON that the command line writes.

/** The browsers, and the Fetch standard itself. */
export type Profile = 'spec' | 'chromium' | 'firefox' | 'webkit';
/** One value for each. */
export type PerProfile<T> = Readonly<Record<Profile, T>>;
/** Headers in their order. One character of a value is one byte. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** What one failure of a text means. Its values come from the text: escape them before you show them. */
export interface Reading {
  /** The browsers that report it. */
  readonly browsers: readonly ('chromium' | 'firefox' | 'webkit')[];
  /** What the message says literally: a stable code of docs/errors.md. */
  readonly code: string | null;
  /** The likely mistake behind it, also a stable code. It can be something that is not CORS. */
  readonly cause: string | null;
  readonly certainty: 'certain' | 'likely' | 'possible';
  /** The page's origin. */
  readonly page: string | null;
  readonly url: string | null;
  /** The first URL of the redirects. */
  readonly redirected_from: string | null;
  readonly part: 'preflight' | 'response' | null;
  /** What the browser filled in: a header's value, a method, a name. */
  readonly value: string | null;
  readonly method: string | null;
  readonly status: number | null;
  /** Whether something is blocked. Some messages only inform. */
  readonly is_blocked: boolean;
  readonly is_translated: boolean;
  /** What is wrong, in a sentence or two. */
  readonly means: string;
  /** Who must change what. */
  readonly fix: string;
  /** The headers to send, if headers are missing. */
  readonly headers: readonly string[];
  readonly is_fixed_by_headers: boolean;
  /** What would not help, or would be unsafe. */
  readonly avoid: string | null;
  readonly hints: readonly string[];
  /** The entries of docs/errors.md that say more. */
  readonly see: readonly string[];
  /** The command that sends the request again, with `URL` and `ORIGIN` for what is not known. */
  readonly next: string | null;
}

/** A script's request. Only `origin` and `url` are needed. */
export interface ScriptRequest {
  readonly origin: string;
  readonly url?: string;
  readonly method?: string;
  /** null: the value is not known. */
  readonly headers?: readonly (readonly [name: string, value: string | null])[];
  readonly credentials?: 'omit' | 'same-origin' | 'include';
  readonly mode?: 'cors' | 'no-cors' | 'same-origin';
  readonly referrer_policy?: string;
  readonly api?: 'fetch' | 'xhr';
  readonly http_version?: '1.0' | '1.1' | '2' | '3';
  readonly upload_listener?: boolean;
  readonly stream_body?: boolean;
  readonly page_space?: 'public' | 'local' | 'loopback';
  readonly target_address_space?: 'public' | 'local' | 'loopback';
  readonly permission?: 'granted' | 'denied' | 'prompt' | 'unknown';
  readonly secure_context?: boolean;
}

export interface CapturedResponse {
  readonly status: number;
  readonly headers?: HeaderList;
}

/** One URL of a redirect chain. */
export interface Hop {
  readonly url?: string;
  readonly target_address?: string;
  readonly preflight?: CapturedResponse;
  readonly response?: CapturedResponse;
}

/** A request and its responses: a line of `corsac explain --jsonl`, which docs/command-line.md describes. */
export interface Exchange {
  readonly request: ScriptRequest;
  readonly preflight?: CapturedResponse;
  readonly response?: CapturedResponse;
  readonly target_address?: string;
  readonly hops?: readonly Hop[];
  readonly then?: readonly { readonly request: ScriptRequest; readonly after_seconds?: number }[];
  readonly id?: unknown;
}

/** Why a request is blocked. */
export interface BlockedBy {
  readonly code: string;
  readonly at: 'preflight' | 'response';
  readonly hop: number;
  readonly bytes: string;
  readonly profiles: readonly Profile[];
  readonly first_in: readonly Profile[];
  readonly cause: string;
}

/** Why a request does not leave, or not without the user. */
export interface DeliveryReason {
  readonly code: string;
  readonly verdict: 'ask' | 'refused' | 'unknown';
  readonly certainty: 'certain' | 'likely' | 'possible';
  readonly at: 'preflight' | 'response';
  readonly hop: number;
  readonly target_space: 'public' | 'local' | 'loopback' | null;
  readonly profiles: readonly Profile[];
  /** Which versions of these browsers behave like this, where not all of today do: `Chrome 142 and later`. */
  readonly versions: Readonly<Partial<Record<Profile, string>>>;
}

/** What browsers do with an exchange: a line that `corsac explain --jsonl` writes. Its strings have one character for each byte. */
export interface Diagnosis {
  readonly throws: string | null;
  readonly dropped: readonly string[];
  readonly sent: readonly {
    readonly method: string;
    readonly origin: string | null;
    readonly cookies: boolean;
    readonly needs_preflight: PerProfile<boolean>;
    readonly preflight_request: HeaderList | null;
    readonly requested_headers: PerProfile<string>;
    readonly url: string;
    readonly sends_cookies: PerProfile<boolean>;
  }[];
  readonly preflight: PerProfile<string>;
  readonly verdict: PerProfile<'allowed' | 'blocked' | 'opaque' | 'incomplete' | 'throws'>;
  readonly blocked_by: readonly BlockedBy[];
  readonly exposed: PerProfile<readonly string[]>;
  /** What a script may miss, because the server does not expose it. */
  readonly hidden?: PerProfile<readonly string[]>;
  readonly cache_seconds: PerProfile<number | null>;
  readonly console: Readonly<Record<'chromium' | 'firefox' | 'webkit', string | null>>;
  readonly then: readonly { readonly needs_preflight: PerProfile<boolean> }[];
  readonly cause: string | null;
  readonly fix: string | null;
  readonly obstacle?: string;
  readonly looks_like?: readonly { readonly stack: string; readonly header: string }[];
  readonly warnings?: readonly { readonly code: string; readonly certainty: string; readonly at: string; readonly hop: number }[];
  readonly delivery: PerProfile<'ok' | 'ask' | 'refused' | 'unknown'>;
  readonly delivery_by: readonly DeliveryReason[];
  readonly delivery_console: Readonly<Record<'chromium' | 'firefox' | 'webkit', string | null>>;
}

/** What a code means. Its texts are Markdown. */
export interface CodeEntry {
  readonly code: string;
  readonly kind: 'blocked' | 'cause' | 'delivery' | 'neighbour' | 'live' | 'finding' | 'denial';
  readonly means: string;
  readonly why: string | null;
  readonly fix: string;
  readonly fixes: readonly { readonly for: string; readonly fix: string }[];
  readonly avoid?: string;
  readonly example: string | null;
  readonly console: readonly { readonly browser: string; readonly message: string; readonly means: string }[];
}
