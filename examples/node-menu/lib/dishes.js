'use strict';

const fs = require('node:fs');
const path = require('node:path');

// Every JSON file of a folder is a dish.
exports.load = (folder) =>
  fs.readdirSync(folder).sort().map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')));

// The currency of the house, which a file may override.
exports.currency = (folder) => {
  try {
    return fs.readFileSync(path.join(folder, 'currency.local'), 'utf8').trim();
  } catch {
    return fs.readFileSync(path.join(folder, 'currency'), 'utf8').trim();
  }
};
