// What is sent through a client of a test suite, and what comes back.

/** A request as a browser sends it. */
export interface Sending {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** What comes back. One character of a value is one byte. */
export interface Received {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A client that is ready to send. */
export interface Sender {
  /** Sends a request, and does not follow a redirect. */
  send(sending: Sending): Promise<Received>;
  close(): Promise<void>;
}
