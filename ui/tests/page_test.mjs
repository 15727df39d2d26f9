// page_test.mjs SLUICE PACKAGES [SCREENSHOTS]: the real page in Debian's Chromium, over runs that SLUICE makes into pages.
// Each check is a function; exit code 1 if one fails. Screenshots are kept where a folder is named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { excused, manyTests, wideImpact } from './samples.mjs';

const [sluice, packages, screenshots] = process.argv.slice(2);
const require = createRequire(pathToFileURL(resolve(packages, 'package.json')));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'sluice-ui-'));
const timings = {};

function pageOf(name, log) {
  const events = join(work, `${name}.ndjson`);
  const html = join(work, `${name}.html`);
  writeFileSync(events, log);
  try {
    execFileSync(sluice, ['report', events, '--format', 'html', '--output', html]);
  } catch (error) {
    assert.equal(error.status, 1, error.stderr?.toString()); // the exit code of the run
  }
  return html;
}

async function open(context, html, address = '') {
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.message));
  page.on('request', (request) => request.url().startsWith('file:') || page.problems.push(`request ${request.url()}`));
  await page.goto(`${pathToFileURL(html)}${address}`);
  await page.waitForSelector('.verdict');
  return page;
}

async function keep(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), scale: 'css' });
}

async function serious(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
  return violations.filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html).join(' ')}`);
}

const red = pageOf('red', manyTests(2_000, 170));
const many = pageOf('many', manyTests(50_000, 5_000));
const wide = pageOf('wide', wideImpact(40, 1_000));
const lenient = pageOf('lenient', excused());

const checks = {
  async 'the verdict and the failures come first'(context) {
    const page = await open(context, red);
    assert.match(await page.textContent('.verdict h1'), /FAILED/);
    assert.match(await page.textContent('.verdict'), /some tests did not pass/);
    assert.match(await page.textContent('.verdict'), /tools\/gen\.py/);
    const first = await page.textContent('.row >> nth=0');
    assert.match(first, /failed/);
    assert.match(await page.textContent('.details'), /Expected equality/);
    assert.match(await page.textContent('.compared'), /12\.34.*12\.35/s);
    assert.equal(await page.locator('.attempt').count(), 2, 'attempts side by side');
    assert.match(await page.textContent('.path'), /src\/\w+\.cpp.*libmoney/s);
    assert.equal(await page.title(), 'FAILED - Sluice', 'what a test prints is text');
    assert.deepEqual(page.problems, []);
    await keep(page, 'report-failures');
  },
  async 'who wrote each commit, and what that is known from'(context) {
    const page = await open(context, red, '#tab=authorship');
    assert.equal(await page.locator('.commit').count(), 3);
    const first = await page.textContent('.commit >> nth=0');
    assert.match(first, /bbbbbbbbbbbb.*Round half to even <b>everywhere<\/b>.*AI: Claude Code.*Ada <ada@example\.org>/s);
    assert.match(first, /message.*trailer Co-Authored-By: Claude.*weak, decides nothing.*branch claude/s);
    assert.match(await page.textContent('.commit >> nth=1'), /undeclared.*no evidence/s);
    assert.match(await page.textContent('#main'), /5 commits.*counts as AI.*2 older commits not shown/s);
    const other = await open(context, wide, '#tab=authorship');
    assert.match(await other.textContent('#main'), /Nobody asked/);
    assert.deepEqual(page.problems, []);
  },
  async 'what was found of tests, and what they ran in'(context) {
    const page = await open(context, red);
    assert.match(await page.textContent('.weak-sandbox'), /partial, observed.*memory is not limited/s);
    await page.click('button.filter.findings');
    assert.match(page.url(), /found=1/);
    assert.match(await page.textContent('.shown'), /^8[0-9] of 2,000/, 'one batch of a hundred, without what was not run');
    await page.click('.row >> nth=1');
    assert.match(await page.textContent('.conduct'), /network: 192\.0\.2\.1:80 \(one of the \d+ tests of its process\).*not known completely: a tracer/s);
    assert.doesNotMatch(await page.textContent('.conduct'), /kvm/, 'sluice.toml allows it');
    await page.click('button:text-is("Run")');
    assert.match(await page.textContent('.about'), /Sandboxpartial, observed.*Openingsnetwork = "host"/s);
    const other = await open(context, wide);
    assert.equal(await other.locator('.weak-sandbox').count(), 0);
    assert.equal(await other.locator('button.filter.findings').count(), 0);
    assert.deepEqual(page.problems, []);
  },
  async 'what failed and was excused, with its attempts side by side'(context) {
    const page = await open(context, lenient);
    assert.match(await page.textContent('.facts'), /2 red, 1 flaky, 1 failed in quarantine/);
    assert.deepEqual(await page.locator('.row .sr').allTextContents(), ['failed', 'passes alone', 'in quarantine', 'flaky', 'passed']);
    await page.click('button.filter.flaky');
    assert.match(page.url(), /status=flaky/);
    assert.deepEqual(await page.locator('.row .name').allTextContents(), ['p:flaky']);
    assert.equal(await page.locator('.attempt').count(), 3, 'attempts side by side');
    assert.match(await page.textContent('.attempts'), /Attempt 1: crashed.*Attempt 2, a retry: failed.*Attempt 3, a retry: passed/s);
    await keep(page, 'report-flaky');
    await page.click('button.filter.flaky');
    await page.click('button.filter.quarantined');
    assert.match(await page.textContent('.details'), /In quarantine: until 2026-12-31 \(NET-12, net team\): the proxy <b>restarts<\/b>/);
    await page.click('button.filter.quarantined');
    await page.click('.row:has-text("p:late")');
    assert.match(await page.textContent('.details'), /In quarantine: expired, until 2026-11-20: was slow/);
    assert.deepEqual(await serious(page), []);
    assert.deepEqual(page.problems, []);
  },
  async 'filters stand in the address'(context) {
    const page = await open(context, red);
    await page.fill('input[type=search]', 'ledger case1');
    await page.click('button.filter.passed');
    const shown = await page.textContent('.shown');
    const copy = await open(context, red, new URL(page.url()).hash);
    assert.equal(await copy.textContent('.shown'), shown);
    assert.equal(await copy.inputValue('input[type=search]'), 'ledger case1');
    const rows = await copy.locator('.row .name').allTextContents();
    assert.ok(rows.length > 0 && rows.every((row) => /ledger/i.test(row) && row.includes('Case1')));
  },
  async 'keys are enough'(context) {
    const page = await open(context, red);
    await page.keyboard.press('/');
    assert.equal(await page.evaluate('document.activeElement.type'), 'search');
    await page.focus('.list');
    const before = await page.textContent('.details h2');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction((old) => document.querySelector('.details h2').textContent !== old, before);
  },
  async 'nothing serious for axe, in both themes and on every view'(context) {
    for (const scheme of ['light', 'dark']) {
      for (const tab of ['tests', 'impact', 'rules', 'authorship', 'timeline', 'about']) {
        const page = await open(context, red, `#tab=${tab}`);
        await page.emulateMedia({ colorScheme: scheme });
        assert.deepEqual(await serious(page), [], `${tab}, ${scheme}`);
        if (scheme === 'dark' && tab === 'tests') await keep(page, 'report-dark');
        if (scheme === 'light' && tab !== 'tests') await keep(page, `report-${tab}`);
        await page.close();
      }
    }
  },
  async 'an impact of 2,000 nodes is drawn'(context) {
    const page = await open(context, wide, '#tab=impact');
    const begin = Date.now();
    await page.waitForSelector('.picture .node');
    timings.impact_ms = Date.now() - begin;
    assert.ok((await page.locator('.node.tests').count()) > 0);
    assert.match(await page.textContent('.impact p'), /not drawn/);
    await page.fill('.impact input', 'part_777_test');
    await page.waitForFunction(() => document.querySelectorAll('.picture .node').length === 3);
    assert.match(await page.textContent('.picture'), /src\/part_17\.cpp.*part_777_test: 1 test/s);
    assert.doesNotMatch(await page.textContent('.impact p'), /not drawn/);
    assert.match(page.url(), /q=part_777_test/);
    assert.deepEqual(page.problems, []);
  },
  async 'the impact opens and closes'(context) {
    const page = await open(context, red, '#tab=impact');
    assert.equal(await page.locator('.node.test').count(), 0);
    await page.click('.picture a >> nth=0');
    await page.waitForSelector('.node.test');
  },
  async 'fifty thousand tests: quick to show and to filter'(context) {
    const page = await open(context, many);
    await page.waitForSelector('.row');
    timings.first_content_ms = Math.round(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
    assert.ok((await page.locator('.row').count()) < 200, 'only what is in sight is in the document');
    const strokes = await page.evaluate(async () => {
      const input = document.querySelector('input[type=search]');
      const times = [];
      for (const text of ['p', 'pa', 'par', 'pars', 'parser', 'parser ', 'parser case4']) {
        const begin = performance.now();
        input.value = text;
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        times.push(performance.now() - begin);
      }
      return times;
    });
    timings.keystroke_ms = Math.round(Math.max(...strokes));
    assert.match(await page.textContent('.shown'), /of 50,000/);
    assert.deepEqual(page.problems, []);
  },
  async 'it prints as a list'(context) {
    const page = await open(context, red);
    await page.emulateMedia({ media: 'print' });
    await page.waitForTimeout(100);
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.filters')).display"), 'none');
    assert.ok((await page.locator('.row').count()) > 500);
    const failures = await page.locator('.row:has(.dot.red), .row:has(.dot.alone)').count();
    assert.ok(failures > 5);
    assert.equal(await page.locator('.details').count(), failures, 'each with its output');
    assert.match(await page.textContent('.details >> nth=3'), /Expected equality/);
  },
  async 'without data it stays below 600 KB'() {
    const empty = pageOf('empty', wideImpact(1, 0));
    timings.page_kb = Math.round(statSync(empty).size / 1024);
    assert.ok(timings.page_kb < 600);
  },
};

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    await check(context);
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
  await context.close();
}
await browser.close();
rmSync(work, { recursive: true });
console.log(JSON.stringify(timings));
process.exit(failed > 0 ? 1 : 0);
