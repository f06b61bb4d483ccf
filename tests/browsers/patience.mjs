/**
 * Milliseconds until a test gives up on one step of a browser. It takes a second here, and many times as long on a busy machine. Only what hangs takes
 * all of them.
 */
export const PATIENCE = 180_000;
