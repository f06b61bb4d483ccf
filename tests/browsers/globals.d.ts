// What the scripts of a test's page declare, for the code that a driver evaluates in it.

declare function run(exchanges: unknown[]): Promise<any>;
