'use strict';

const fs = require('node:fs');
const { format } = require('./price');

// node lib/print.js TEMPLATE NAME CENTS TARGET
const [template, name, cents, target] = process.argv.slice(2);
const text = fs.readFileSync(template, 'utf8').replace('{name}', name).replace('{price}', format(Number(cents)));
fs.writeFileSync(target, text);
