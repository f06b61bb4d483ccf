// What TypeScript users write in CommonJS.

import express = require('express');
import cors = require('corsac/express');
import corsac = require('corsac');

const options: cors.CorsOptions = { origin: 'https://app.example.com', credentials: true };
express().use(cors(options));
const policy: corsac.Policy = new corsac.Policy({ allowOrigins: ['https://app.example.com'] });
void policy.evaluate('GET', []).allowed;

import fastifyCors = require('corsac/fastify');
import koaCors = require('corsac/koa');
import corsacHono = require('corsac/hono');
import corsacFetch = require('corsac/fetch');

const fastifyOptions: fastifyCors.CorsOptions = { origin: '*', cacheControl: 60 };
const koaOptions: koaCors.CorsOptions = { origin: '*', allowMethods: 'GET' };
const honoOptions: corsacHono.CorsOptions = { origin: '*' };
koaCors(koaOptions);
void [fastifyCors, fastifyOptions, corsacHono.cors(honoOptions), corsacFetch.withCors({ origin: '*' }, () => new Response('hello'))];

import explain = require('corsac/explain');

const outcome: 'allowed' | 'blocked' | 'unknown' = explain.explainText('…').outcome;
void outcome;
