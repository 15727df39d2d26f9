// What the page knows of a run: docs/formats/page.md, as reports/page.cpp writes it. Tests are rows of numbers into shared
// tables, because fifty thousand objects with names would be most of the file.

export interface Attempt {
  n: number;
  kind: 'first' | 'isolated' | 'repeat' | 'retry';
  lane: number;
  outcome: Outcome;
  us: number;
  message: string;
  at?: string;
  output?: string;
  log?: string;
  written?: string;
}

export type Outcome =
  | 'passed' | 'failed' | 'crashed' | 'timed-out' | 'skipped' | 'lost' | 'not-started' | 'not-run';

export interface Step { name: string; via: string }

export interface Rule {
  rule: string; status: 'satisfied' | 'violated' | 'overridden' | 'not-applicable'; summary: string; evidence: string[];
}

export type Authorship = 'ai' | 'ai_assisted' | 'human' | 'undeclared';

export interface Commit {
  sha: string; author: string; subject: string; authorship: Authorship; tool: string; evidence: { grade: string; text: string }[];
}

export interface PageData {
  v: 1;
  run: {
    id: string; version: string; host: string; command: string[]; base: string; head: string; tree: string;
    workingTree: boolean; lanes: number; seed: number; started: number; us: number; finished: boolean; interrupted: boolean;
  };
  verdict: { status: 'PASSED' | 'FAILED' | 'REFUSED' | 'OVERRIDDEN' | ''; exit: number; reasons: string[]; rules: Rule[] };
  authorship?: { strongest: Authorship; leftOut: number; commits: Commit[] }; // absent: nobody asked
  // Absent: no test was started.
  sandbox?: { level: 'full' | 'partial' | 'bare' | 'none'; observed: boolean; words: string; limits: string; losses: string[]; openings: string[] };
  build?: { ok: boolean; exit: number; us: number; output: string };
  counts: { total: number; selected: number; reused: number; leftOut: number; passed: number; skipped: number; red: number; flaky?: number; quarantined?: number };
  escalations: { words: string; mend: string }[];
  dismissed: { path: string; reason: string }[];
  blast: { tests: number; allTests: number; programs: number; allPrograms: number; files: number; allFiles: number };
  outcomes: string[];
  standings?: string[]; // absent in pages of before retries and quarantine
  strings: string[];
  paths: [number, number][][];
  // id, suite, name, program, file, line, decision (0 run, 1 reuse, 2 skip), outcome, us, cause words, path or -1, standing,
  // place in strings of what is said of its quarantine or -1
  tests: [string, number, string, number, number, number, number, number, number, number, number, number?, number?][];
  attempts: Record<string, Attempt[]>;
  findings: Record<string, string[]>; // by the place of the test
  unobserved: [number, number][]; // test, place in strings: why it is not known completely what it used
  // kind (0 batch, 1 test, 2 waiting), lane, begin, end (us after the start), test or string
  spans: [number, number, number, number, number][];
}

// `alone`: red, and passes when it is run alone.
export type Status = 'red' | 'alone' | 'quarantined' | 'flaky' | 'passed' | 'skipped' | 'reused' | 'left-out';

export interface Test {
  index: number;
  id: string;
  suite: string;
  name: string;
  program: string;
  file: string;
  line: number;
  outcome: Outcome;
  status: Status;
  us: number;
  cause: string;
  path: number;
  findings: string[];
  unobserved: string;
  quarantine: string;
  haystack: string;
}

const k_red = new Set<string>(['failed', 'crashed', 'timed-out', 'lost', 'not-started', 'not-run']);

export function isRed(outcome: string): boolean {
  return k_red.has(outcome);
}

function statusOf(decision: number, outcome: string, standing: string, attempts: Attempt[] | undefined): Status {
  if (decision === 1) return 'reused';
  if (decision === 2) return 'left-out';
  if (standing === 'flaky' || standing === 'quarantined') return standing;
  if (isRed(outcome)) return attempts?.some((attempt) => attempt.kind === 'isolated' && attempt.outcome === 'passed') ? 'alone' : 'red';
  return outcome === 'skipped' ? 'skipped' : 'passed';
}

export const k_status_order: Status[] = ['red', 'alone', 'quarantined', 'flaky', 'skipped', 'passed', 'reused', 'left-out'];

// What needs a look first, then by suite and name as written.
export function readTests(data: PageData): Test[] {
  const text = (at: number) => data.strings[at] ?? '';
  const unobserved = new Map(data.unobserved);
  const tests = data.tests.map((row, index): Test => {
    const [id, suite, name, program, file, line, decision, outcome, us, cause, path, standing, quarantine] = row;
    const word = (data.outcomes[outcome] ?? 'lost') as Outcome;
    const status = statusOf(decision, word, data.standings?.[standing ?? -1] ?? '', data.attempts[String(index)]);
    return {
      index, id, suite: text(suite), name, program: text(program), file: text(file), line, outcome: word, status, us,
      cause: text(cause), path, findings: data.findings[String(index)] ?? [], unobserved: text(unobserved.get(index) ?? -1), quarantine: text(quarantine ?? -1),
      haystack: `${id}\n${text(suite)}\n${text(file)}`.toLowerCase(),
    };
  });
  const rank = new Map(k_status_order.map((status, at) => [status, at]));
  return tests.sort((a, b) => rank.get(a.status)! - rank.get(b.status)! || a.index - b.index);
}

export function pathOf(data: PageData, test: Test): Step[] {
  const path = data.paths[test.path];
  return path ? path.map(([name, via]) => ({ name: data.strings[name] ?? '', via: data.strings[via] ?? '' })) : [];
}

// The words that all stand somewhere in a test's id, suite or file.
export function matching(tests: Test[], query: string, statuses: Set<Status>, found: boolean): Test[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0 && statuses.size === 0 && !found) return tests;
  return tests.filter((test) =>
    (!found || test.findings.length > 0) && (statuses.size === 0 || statuses.has(test.status)) && words.every((word) => test.haystack.includes(word)));
}
