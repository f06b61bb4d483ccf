// What TypeScript users write in ES modules: it compiles with --strict, and what is wrong does not.

import express from 'express';
import { createServer } from 'node:http';
import cors, { type CorsOptions } from 'corsac/express';
import { withCors } from 'corsac/node';
import { PolicyFile } from 'corsac/file';
import { fromToml } from 'corsac/toml';
import { explainCapture, ExplainError, explainExchange, explainText, type Diagnosis, type Reading } from 'corsac/explain';
import { Decision, Policy, PolicyError, PolicyHolder, PolicySet, type Finding, type PolicyOptions } from 'corsac';

const options: CorsOptions = {
  origin: ['https://app.example.com', /\.example\.com$/],
  methods: ['GET', 'POST'],
  allowedHeaders: 'Content-Type,Authorization',
  credentials: false,
  maxAge: 600,
};
const app = express();
app.use(cors(options));
app.use(cors({ origin: (origin, callback) => callback(null, origin === 'https://a.example') }));
app.use(cors({ origin: async (origin) => origin.endsWith('.example') }));
app.use(cors((request, callback) => callback(null, { origin: request.url === '/open' ? '*' : false })));
createServer(withCors({ origin: '*' }, (request, response) => response.end(request.url)));

const policy: PolicyOptions = { allowOrigins: new Set(['https://a.example']), maxAge: 5 };
const holder = new PolicyHolder(new Policy(policy));
holder.policy = new PolicySet([{ path: '/a', cors: false }, { allowOrigins: ['*'] }]);
const decision: Decision = new Policy(policy).evaluate('GET', new Headers({ origin: 'https://a.example' }));
const status: number | null = decision.status;
const asked = new Policy(policy).ask('GET', { origin: 'https://a.example' });
const decided: Decision = 'decide' in asked ? asked.decide(true) : asked;
const findings: readonly Finding[] = new PolicyError([]).findings;
const file: Policy | PolicySet = fromToml('allow_origins = ["https://a.example"]', 'policy.toml');
const readings: readonly Reading[] = explainText('…', { stack: ['nginx', 'express'], origin: 'https://a.example' }).readings;
const exchange = explainExchange({ request: { origin: 'https://a.example', url: 'https://b.example/' }, response: { status: 200 } });
const diagnosis: Diagnosis | null = explainCapture(new Uint8Array()).exchanges[0]?.diagnosis ?? exchange.diagnosis;
app.use(cors({ policy: new PolicyFile('policy.toml', { interval: 5000 }) }));
void [status, decided, findings, file, readings, diagnosis.verdict.firefox === 'blocked', ExplainError];

// @ts-expect-error: it is called stack
explainText('…', { stacks: 'express' });
// @ts-expect-error: there is no such mode
explainExchange({ request: { origin: 'https://a.example', mode: 'navigate' } });

// @ts-expect-error: a list is meant
new Policy({ allowOrigins: 7 });
// @ts-expect-error: it is called allowOrigins
new Policy({ allowedOrigins: ['https://a.example'] });
// @ts-expect-error: it is called origin
cors({ origins: ['https://a.example'] });
// @ts-expect-error: there is no such level
cors({ origin: '*', logger: { fatal: () => undefined } });
