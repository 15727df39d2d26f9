// server_test.mjs SLUICE PACKAGES [SCREENSHOTS]: `sluice ui` over real runs of a small project, in Chromium and by hand.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [sluice, packages, screenshots] = process.argv.slice(2);
const require = createRequire(pathToFileURL(resolve(packages, 'package.json')));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const work = mkdtempSync(join(tmpdir(), 'sluice-ui-server-'));
const project = join(work, 'project');
mkdirSync(join(project, 'cases'), { recursive: true });
const write = (name, text) => writeFileSync(join(project, name), text);
const git = (...words) => execFileSync('git', ['-C', project, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words]);
const run = (...words) => {
  try {
    execFileSync(resolve(sluice), ['-C', project, 'run', '--quiet', ...words], { cwd: project });
  } catch (error) {
    assert.ok([1, 3].includes(error.status), error.stderr?.toString());
  }
};

write('sluice.policy.toml', `[policy]
version = 1
undeclared = "human"
[[suite]]
name = "payments"
owners = ["payments@example.org", "Ada"]
tests = ["t:cases/pay.sh", "t:cases/refund.sh"]
[[suite]]
name = "never run"
tests = ["t:cases/absent*"]
[[rule]]
name = "AI-authored changes prove payments"
when = { authorship = ["ai"] }
require = { suites = ["payments"] }
`);
write('sluice.toml', '[[tests]]\nname = "t"\nframework = "command"\nfiles = ["cases/*.sh"]\ncommand = ["sh", "{file}"]\n');
for (const name of ['pay', 'refund', 'report']) write(`cases/${name}.sh`, 'sleep 0.0$(($$ % 9))\n');
git('init', '-q', '-b', 'main');
git('add', '-A');
git('commit', '-qm', 'The tree');
// Nothing leads from that commit to this one: everything must run.
const unrelated = String(git('commit-tree', '-m', 'Another root', 'HEAD^{tree}')).trim();
run('--base', unrelated, '--head', 'HEAD');
run();
write('cases/pay.sh', 'echo "expected: 3"; echo "actual: 4"; exit 1\n');
run();
run('--all');
write('cases/pay.sh', 'true\n');
run();

// Two changes, the second by a tool and refused: it leaves a required test out.
git('add', '-A');
git('commit', '-qm', 'Pay is repaired');
write('tools.cfg', 'x\n');
git('add', '-A');
git('commit', '-qm', 'A setting');
run('--base', 'HEAD~1', '--head', 'HEAD');
write('cases/report.sh', 'true\n');
git('commit', '-qam', 'Reports are quicker\n\nCo-Authored-By: Claude <noreply@anthropic.com>');
run('--base', 'HEAD~1', '--head', 'HEAD', '--filter', 'cases/report.sh');

const server = spawn(resolve(sluice), ['-C', project, 'ui'], { cwd: project });
const address = await new Promise((done) => server.stdout.once('data', (bytes) => done(String(bytes).split('\n')[0])));
const { port, pathname } = new URL(address);

const ask = (path, { host = `127.0.0.1:${port}`, method = 'GET' } = {}) => new Promise((done, fail) => {
  const question = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (answer) => {
    let body = '';
    answer.on('data', (bytes) => { body += bytes; });
    answer.on('end', () => done({ status: answer.statusCode, body, headers: answer.headers }));
  });
  question.on('error', fail);
  question.end();
});

async function open(context, hash) {
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.message));
  await page.goto(`${address}${hash}`);
  await page.waitForSelector('main table');
  return page;
}

async function serious(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
  return violations.filter((each) => ['serious', 'critical'].includes(each.impact)).map((each) => `${each.id}: ${each.nodes[0].html}`);
}

const checks = {
  async 'nobody without the token, by another name or with another method is answered'() {
    assert.equal((await ask('/')).status, 403);
    assert.equal((await ask('/api/runs')).status, 403);
    assert.equal((await ask(`/${'0'.repeat(40)}/api/runs`)).status, 403);
    assert.equal((await ask(`${pathname}api/runs`, { host: 'attacker.example' })).status, 403);
    assert.equal((await ask(`${pathname}api/runs`, { method: 'POST' })).status, 405);
    for (const path of ['api/run/..%2f..', 'api/run/../../sluice.toml', 'api/live/%2e%2e', 'nothing'])
      assert.equal((await ask(pathname + path)).status, 404, path);
    assert.equal((await ask(`${pathname}api/runs`)).status, 200);
  },
  async 'runs, tests and a test with its history are shown'(context) {
    const page = await context.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(address);
    await page.waitForSelector('main > table');
    assert.equal(await page.locator('main > table tbody tr').count(), 7);
    assert.match(await page.textContent('main > table'), /FAILED.*PASSED/s);
    if (screenshots) await page.screenshot({ path: join(screenshots, 'ui-runs.png'), scale: 'css' });
    await page.evaluate(axe);
    const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
    assert.deepEqual(violations.filter((each) => ['serious', 'critical'].includes(each.impact)).map((each) => each.id), []);
    await page.click('text=Tests');
    await page.click('a:has-text("cases/pay.sh") >> nth=0');
    await page.waitForSelector('.chart canvas');
    assert.match(await page.textContent('main'), /red in 2/);
    if (screenshots) await page.screenshot({ path: join(screenshots, 'ui-test.png'), scale: 'css' });
    assert.match(await page.textContent('main'), /newest proof is of run .*cases\/pay\.sh.*sluice\.toml.*of the machine.*libc\.so/s);
    await page.click('main > table tbody a >> nth=1');
    await page.waitForSelector('.verdict');
    assert.match(await page.textContent('.details h2'), /pay/);
    assert.match(await page.textContent('.compared'), /expected3actual4/);
    assert.equal(await page.title(), 'FAILED - Sluice');
    assert.deepEqual(problems, []);
  },
  async 'filters of runs stand in the address'(context) {
    const page = await open(context, '#view=runs');
    await page.click('.filters button:text-is("FAILED")');
    assert.match(page.url(), /verdict=FAILED/);
    assert.equal(await page.locator('main > table tbody tr').count(), 2);
    const copy = await open(context, '#view=runs&verdict=REFUSED&by=ai');
    assert.match(await copy.textContent('.shown'), /^1 of 7 runs/);
    await copy.click('.filters button:text-is("REFUSED")');
    await copy.click('.filters button:text-is("AI")');
    assert.match(await copy.textContent('.shown'), /^7 of 7 runs/);
    assert.deepEqual([...page.problems, ...copy.problems], []);
  },
  async 'who writes the changes and how these fare, what is saved, what widens plans'(context) {
    const page = await open(context, '#view=trends');
    const row = async (name) => (await page.textContent(`.fates tr:has(th:text-is("${name}"))`));
    assert.match(await row('AI'), /AI1001000/, 'one change, refused');
    assert.match(await row('undeclared'), /undeclared22000/, 'two changes, passed');
    assert.match(await page.textContent('.tiles'), /33 %of 3 changes written by AI0 %of these passing/);
    assert.match(await page.textContent('.widened'), /1.*(common ancestor|unrelated|merge base)/i);
    await page.click('text=The same week by week');
    assert.match(await page.textContent('details table tbody tr'), /73/, 'seven runs, three changes');
    await page.click('button:text-is("26 weeks")');
    assert.match(page.url(), /weeks=26/);
    assert.deepEqual(await serious(page), []);
    if (screenshots) await page.screenshot({ path: join(screenshots, 'ui-trends.png'), scale: 'css' });
    await page.click('.widened a');
    await page.waitForSelector('.verdict');
    assert.deepEqual(page.problems, []);
  },
  async 'suites, their owners and when they ran'(context) {
    const page = await open(context, '#view=suites');
    const payments = await page.textContent('.suites tr:has(th:text-is("payments"))');
    assert.match(payments, /payments@example\.org, Ada.*AI-authored changes prove payments.* 1 of 2 tests.* 1 red/, 'the repair reused one; before, all were executed and one was red');
    assert.match(await page.textContent('.suites tr:has(th:text-is("never run"))'), /never here/);
    assert.deepEqual(await serious(page), []);
    write('sluice.policy.toml', '[policy]\nversion = 1\nundecided = "human"\n');
    await page.reload();
    await page.waitForSelector('main table');
    assert.match(await page.textContent('main'), /undecided.*no longer in the policy/s, 'what runs know stays');
    git('checkout', '-q', 'sluice.policy.toml');
    assert.deepEqual(page.problems, []);
  },
  async 'the run of a change says who wrote it'(context) {
    const page = await open(context, '#view=runs');
    assert.match(await page.textContent('main > table tbody tr >> nth=0'), /REFUSED.*AI/);
    await page.click('main > table tbody a >> nth=0');
    await page.click('button:text-is("Authorship")');
    assert.match(await page.textContent('.commit'), /Reports are quicker.*AI: Claude.*Ada <ada@example\.org>.*Co-Authored-By/s);
    assert.deepEqual(page.problems, []);
  },
  async 'a run is shown while it goes on'(context) {
    write('cases/slow.sh', 'sleep 4\n');
    const running = spawn(resolve(sluice), ['-C', project, 'run', '--quiet', '--all'], { cwd: project });
    const ended = new Promise((done) => running.on('exit', done));
    const page = await context.newPage();
    let live = 0;
    page.on('request', (each) => { if (each.url().includes('/api/live/')) live += 1; });
    await page.goto(address);
    await page.waitForSelector('text=running');
    await page.click('tr:has-text("running") a');
    await page.waitForSelector('text=slow.sh');
    await page.waitForFunction(() => document.querySelector('progress')?.value >= 3);
    if (screenshots) await page.screenshot({ path: join(screenshots, 'ui-live.png'), scale: 'css' });
    await page.waitForSelector('.verdict h1:has-text("PASSED")', { timeout: 15000 });
    assert.equal(live, 1);
    assert.equal(await ended, 0);
  },
};

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(10_000);
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
const ended = new Promise((done) => server.on('exit', done));
server.kill('SIGTERM');
const code = await Promise.race([ended, new Promise((done) => setTimeout(() => done('it does not end'), 3000).unref())]);
if (code !== 0) {
  console.log(`FAILED  the server ends when it is told to: ${code}`);
  failed += 1;
  server.kill('SIGKILL');
}
rmSync(work, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
