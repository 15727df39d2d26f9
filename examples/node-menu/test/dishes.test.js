'use strict';

const { test } = require('node:test');
const assert = require('node:assert');
const { load } = require('../lib/dishes');

test('each dish has a price', () => {
  for (const dish of load('data/dishes')) assert.ok(dish.price > 0, dish.name);
});
