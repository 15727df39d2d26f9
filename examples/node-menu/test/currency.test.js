'use strict';

const { test } = require('node:test');
const assert = require('node:assert');
const { currency } = require('../lib/dishes');

test('the currency has three letters', () => assert.match(currency('data'), /^[A-Z]{3}$/));
test('the currency is printed first', { todo: 'not written' }, () => assert.ok(false));
