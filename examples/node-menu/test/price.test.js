'use strict';

const { test } = require('node:test');
const assert = require('node:assert');
const { format } = require('../lib/price');

test('prints two digits', () => assert.strictEqual(format(905), '9.05'));
test('prints nothing as zero', () => assert.strictEqual(format(0), '0.00'));
