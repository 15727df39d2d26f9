// Event logs of runs that would take too long to make: written in the documented format (docs/formats/events.md).

class Log {
  constructor(run) {
    this.lines = [];
    this.time = 1_795_304_700_000_000;
    this.add('run_started', { run, sluice: '0.1.0', host: 'builder', command_line: ['run', '--base', 'main'], base: 'a'.repeat(40), head: 'b'.repeat(40), tree: 'c'.repeat(40), lanes: 8 });
  }
  add(event, fields) {
    this.lines.push(JSON.stringify({ v: 1, t: this.time, event, ...fields }));
  }
  text() {
    return `${this.lines.join('\n')}\n`;
  }
}

const k_failure = `src/money/rounding_test.cpp:41: Failure
Expected equality of these values:
  round_half_even(amount, 2)
    Which is: 12.35
  expected
    Which is: 12.34
<script>document.title = 'owned'</script>
`;

// `tests` tests in programs of a hundred, every `red`th failing.
export function manyTests(tests, red) {
  const log = new Log('20261121-234500-0001');
  log.add('authorship_read', {
    strongest: 'ai', left_out: 2,
    commits: [
      { sha: 'b'.repeat(40), author: 'Ada <ada@example.org>', subject: 'Round half to even <b>everywhere</b>', authorship: 'ai', tool: 'Claude Code',
        evidence: [{ grade: 'structured_line', text: 'trailer Co-Authored-By: Claude <noreply@anthropic.com>' }, { grade: 'weak', text: 'branch claude/rounding' }] },
      { sha: 'd'.repeat(40), author: 'Grace <grace@example.org>', subject: 'Ledger keeps its totals', authorship: 'undeclared' },
      { sha: 'e'.repeat(40), author: 'Lin <lin@example.org>', subject: 'Release notes', authorship: 'human', evidence: [{ grade: 'structured_line', text: 'declared: Authorship: human' }] },
    ],
  });
  const names = ['Rounding', 'Ledger', 'Parser', 'Transfer', 'Schedule', 'Network', 'Cache', 'Protocol'];
  const of = (i) => {
    const program = `build/tests/suite_${Math.floor(i / 100)}_test`;
    const suite = names[Math.floor(i / 10) % names.length];
    return { test: `${program}:${suite}.Case${i}`, program, suite, name: `Case${i}`, file: `src/${suite.toLowerCase()}_test.cpp`, line: (i % 900) + 1 };
  };
  for (let i = 0; i < tests; ++i) {
    const test = of(i);
    const source = `src/${test.suite.toLowerCase()}.cpp`;
    const fields = { ...test, labels: ['unit'] };
    if (i % 7 === 6) log.add('test_planned', { ...fields, decision: 'reuse', proof: { run: '20261120-101010-0002', inputs: 'absent', duration_us: 5000, made: 0, tree: '' } });
    else if (i % 97 === 96) log.add('test_planned', { ...fields, decision: 'skip', cause: 'disabled', subject: 'waits for #17' });
    else log.add('test_planned', { ...fields, decision: 'run', cause: 'affected', subject: source, path: [{ name: source, via: 'ninja-deps' }, { name: `${source}.o`, via: 'links' }, { name: 'build/libmoney.a', via: 'links' }, { name: test.program, via: 'starts' }, { name: test.test }], expected_us: 4000 });
  }
  log.add('plan_made', {
    escalations: [{ cause: 'unknown-file', subject: 'tools/gen.py', mend: 'declare it: `inputs` of a [[tests]] entry' }],
    dismissed: [{ path: 'docs/manual.md', reason: 'sluice.toml: ignore "docs/**"' }],
    blast_radius: { tests: tests, all_tests: tests, programs: Math.ceil(tests / 100), all_programs: Math.ceil(tests / 100), files: 12, all_files: 340 },
  });
  log.add('sandbox_prepared', {
    level: 'partial', observed: true, refused: 'no cgroup', losses: ['memory is not limited'], openings: ['network = "host"'], limits: 'resource limits',
  });
  for (let batch = 0; batch * 100 < tests; ++batch) {
    const lane = batch % 8;
    log.add('batch_started', { batch, lane, program: of(batch * 100).program, cases: 100 });
    const begin = log.time;
    for (let i = batch * 100; i < Math.min(tests, (batch + 1) * 100); ++i) {
      if (i % 7 === 6 || i % 97 === 96) continue;
      const test = of(i).test;
      log.add('test_started', { test, attempt: 1, lane, batch });
      log.time += 20 + (i % 40);
      const failed = red > 0 && i % red === 0;
      if (failed) {
        log.add('test_finished', { test, attempt: 1, lane, batch, outcome: i % (3 * red) === 0 ? 'crashed' : 'failed', duration_us: 4000, message: 'Expected equality of these values', file: 'src/money/rounding_test.cpp', line: 41, output: k_failure });
        log.add('test_finished', { test, attempt: 2, lane, batch, kind: 'isolated', outcome: i % (2 * red) === 0 ? 'passed' : 'failed', duration_us: 3800, message: 'Expected equality of these values', output: k_failure });
      } else log.add('test_finished', { test, attempt: 1, lane, batch, outcome: 'passed', duration_us: 1000 + (i % 500) * 10 });
    }
    const conduct = batch === 1 ? { findings: [{ kind: 'network', detail: '192.0.2.1:80' }, { kind: 'device', detail: '/dev/kvm', declared: true }], unobserved: 'a tracer' } : {};
    log.add('batch_finished', { batch, duration_us: log.time - begin, cpu_us: 1000, ...conduct });
    log.time += 200;
  }
  log.add('run_finished', {
    status: red > 0 ? 'FAILED' : 'PASSED', exit: red > 0 ? 1 : 0, duration_us: 4_200_000,
    reasons: red > 0 ? ['some tests did not pass'] : [],
    rules: [
      { rule: 'ai-changes-run-everything', status: 'violated', summary: 'suite "payments" must be executed for AI-authored changes', evidence: ['commit bbbbbbb: Assisted-by trailer', 'suite payments: 3 tests were reused'] },
      { rule: 'two-suites', status: 'satisfied', summary: 'suite "smoke" was executed' },
      { rule: 'release', status: 'not-applicable' },
    ],
  });
  return log.text();
}

// A test that passes on a retry, one that fails in quarantine, one whose quarantine has expired, one that fails among its neighbours.
export function excused() {
  const log = new Log('20261121-234500-0004');
  const planned = (test, more) => log.add('test_planned', { test: `p:${test}`, suite: 'S', name: test, decision: 'run', cause: 'affected', ...more });
  const ended = (test, attempt, outcome, more) => log.add('test_finished', { test: `p:${test}`, attempt, outcome, duration_us: 1000, message: `${test} ${attempt}`, output: `output of ${test}, ${attempt}`, ...more });
  planned('good');
  planned('flaky');
  planned('known', { quarantine: { until: '2026-12-31', reason: 'the proxy <b>restarts</b>', ticket: 'NET-12', owner: 'net team' } });
  planned('late', { quarantine: { until: '2026-11-20', reason: 'was slow', expired: true } });
  planned('company');
  ended('good', 1, 'passed');
  ended('flaky', 1, 'crashed');
  ended('flaky', 2, 'failed', { kind: 'isolated', retry: true });
  ended('flaky', 3, 'passed', { kind: 'isolated', retry: true });
  ended('known', 1, 'failed');
  ended('late', 1, 'failed');
  ended('company', 1, 'failed');
  ended('company', 2, 'passed', { kind: 'isolated' });
  log.add('run_finished', { status: 'FAILED', exit: 1, duration_us: 10, reasons: ['2 of 5 tests did not pass'] });
  return log.text();
}

// A change of `files` files that reaches `programs` programs: `files` + 2 * `programs` nodes.
export function wideImpact(files, programs) {
  const log = new Log('20261121-234500-0003');
  for (let i = 0; i < programs; ++i) {
    const source = `src/part_${i % files}.cpp`;
    const program = `build/part_${i}_test`;
    log.add('test_planned', { test: `${program}:Part.${i}`, program, suite: 'Part', name: `${i}`, decision: 'run', cause: 'affected', subject: source, path: [{ name: source, via: 'ninja-deps' }, { name: `build/part_${i}.o`, via: 'links' }, { name: program, via: 'starts' }, { name: `${program}:Part.${i}` }] });
  }
  log.add('plan_made', { blast_radius: { tests: programs, all_tests: programs, files, all_files: files } });
  log.add('run_finished', { status: 'FAILED', exit: 1, duration_us: 10, reasons: ['nothing was executed'] });
  return log.text();
}
