// What TypeScript users write in CommonJS.

import express = require('express');
import cors = require('corsac/express');
import corsac = require('corsac');

const options: cors.CorsOptions = { origin: 'https://app.example.com', credentials: true };
express().use(cors(options));
const policy: corsac.Policy = new corsac.Policy({ allowOrigins: ['https://app.example.com'] });
void policy.evaluate('GET', []).allowed;
