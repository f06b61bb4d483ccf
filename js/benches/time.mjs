// The clock of the benches: time of the processor, because a machine is seldom quiet.

/** Nanoseconds of the processor since then, the collector of garbage included. */
export function nanoseconds(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) * 1000;
}
