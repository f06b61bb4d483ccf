// The error of an expectation that is not met.

/** An expectation of a test that is not met. Test runners show its message. */
export class CorsAssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
}
