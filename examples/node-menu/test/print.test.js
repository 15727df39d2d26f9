'use strict';

const { test } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

test('a process writes what the template says', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'menu-'));
  const target = path.join(folder, 'line');
  execFileSync(process.execPath, ['lib/print.js', 'templates/line.txt', 'soup', '450', target]);
  assert.strictEqual(fs.readFileSync(target, 'utf8'), 'soup: 4.50\n');
  fs.rmSync(folder, { recursive: true });
});
