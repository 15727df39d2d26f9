// The tests of the store: those that lead a list, and one test's history.
import { useMemo } from 'preact/hooks';
import { link } from './address';
import { useAnswer } from './answer';
import { Chart } from './chart';
import { isRed } from './data';
import { counted, date, duration } from './format';

interface TestLine { test: string; runs: number; red: number; retried: number; totalUs: number; longestUs: number }
interface Flaky { test: string; runs: number; red: number; sameInputs: number; sameTree: number; onRetry: number }
type Input = [kind: string, name: string, absent: 0 | 1];
interface Answer {
  outcomes: Past[]; proof: { run: string; total: number; inputs: Input[] }; flaky?: { sameInputs: number; sameTree: number; onRetry: number };
}
interface Past { run: string; started: number; head: string; clean: boolean; outcome: string; attempts: number; us: number }

function Ranking({ title, tests, words }: { title: string; tests: TestLine[]; words: (test: TestLine) => string }) {
  if (tests.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <table><tbody>{tests.slice(0, 15).map((test) => (
        <tr key={test.test}><td class="number">{words(test)}</td><td><a href={link({ view: 'test', id: test.test })}>{test.test}</a></td></tr>
      ))}</tbody></table>
    </section>
  );
}

export function TestLists() {
  const answer = useAnswer<{ tests: TestLine[]; flaky: Flaky[] }>('tests');
  if (typeof answer !== 'object') return <p class="empty">{answer ?? 'Reading the tests'}</p>;
  const by = (of: (test: TestLine) => number) => answer.tests.filter((test) => of(test) > 0).sort((a, b) => of(b) - of(a));
  return (
    <>
      <div class="columns">
        <Ranking title="Most time" tests={by((test) => test.totalUs)} words={(test) => duration(test.totalUs)} />
        <Ranking title="Slowest" tests={by((test) => test.longestUs)} words={(test) => duration(test.longestUs)} />
        <Ranking title="Most often red" tests={by((test) => test.red)} words={(test) => `${test.red} of ${test.runs}`} />
        <Ranking title="Most often selected" tests={by((test) => test.runs)} words={(test) => `${test.runs}×`} />
      </div>
      <h2>Flaky</h2>
      {answer.flaky.length === 0 ? <p>No test is known to have passed and failed with the same inputs, or to have passed on a retry.</p> : (
        <table><tbody>{answer.flaky.map((test) => (
          <tr key={test.test}><td><a href={link({ view: 'test', id: test.test })}>{test.test}</a></td>
            <td>red in {test.red} of {counted(test.runs, 'run')}; both ways with the same inputs {test.sameInputs}×, on one commit {test.sameTree}×, passed on a retry {test.onRetry}×</td></tr>
        ))}</tbody></table>
      )}
    </>
  );
}

const k_input_words: Record<string, string> = {
  definition: 'how it is started', configuration: 'configuration', environment: 'environment variables', loaded: 'loaded', content: 'read',
  entry: 'looked for', metadata: 'looked at', listing: 'listed', 'matched-files': 'declared',
};

function Inputs({ proof }: { proof: Answer['proof'] }) {
  if (proof.run === '') return <p>There is no proof of it: it has to run.</p>;
  const own = proof.inputs.filter(([, name]) => !name.startsWith('/'));
  const machine = proof.inputs.filter(([, name]) => name.startsWith('/'));
  const table = (inputs: Input[]) => (
    <table><tbody>{inputs.map(([kind, name, absent]) => (
      <tr key={`${kind} ${name}`}><td>{k_input_words[kind] ?? kind}{absent === 1 && ', was not there'}</td><td><code>{name.split('\n')[0]}</code></td></tr>
    ))}</tbody></table>
  );
  return (
    <>
      <p>Its newest proof is of <a href={link({ view: 'run', id: proof.run })}>run {proof.run}</a>. It holds as long as these {counted(proof.total, 'input')} are the same.</p>
      {table(own)}
      {machine.length > 0 && <details><summary>{counted(proof.total - own.length, 'input')} of the machine{proof.total > proof.inputs.length && ', not all shown'}</summary>{table(machine)}</details>}
    </>
  );
}

export function TestHistory({ id }: { id: string }) {
  const answer = useAnswer<Answer>(`test?id=${encodeURIComponent(id)}`);
  const ordered = useMemo(() => (typeof answer === 'object' ? [...answer.outcomes].reverse() : []), [answer]);
  const x = useMemo(() => ordered.map((past) => past.started / 1e6), [ordered]);
  const series = useMemo(() => [
    { label: 'seconds, passed', values: ordered.map((past) => (isRed(past.outcome) ? null : past.us / 1e6)), colour: '--good' },
    { label: 'seconds, red', values: ordered.map((past) => (isRed(past.outcome) ? past.us / 1e6 : null)), colour: '--bad' },
  ], [ordered]);
  if (typeof answer !== 'object') return <p class="empty">{answer ?? 'Reading the history'}</p>;
  return (
    <>
      <h2>{id}</h2>
      <p>Executed in {counted(answer.outcomes.length, 'run')}, red in {answer.outcomes.filter((past) => isRed(past.outcome)).length}.
        {answer.flaky && <> <span class="badge flaky">flaky</span> Both ways with the same inputs {answer.flaky.sameInputs}×, on one commit {answer.flaky.sameTree}×, passed on a retry {answer.flaky.onRetry}×.</>}</p>
      <Chart title="Duration" x={x} series={series} />
      <table>
        <thead><tr><th scope="col">run</th><th scope="col">outcome</th><th scope="col" class="number">time</th><th scope="col" class="number">attempts</th><th scope="col">commit</th></tr></thead>
        <tbody>{answer.outcomes.map((past) => (
          <tr key={past.run}><td><a href={link({ view: 'run', id: past.run, test: id })}>{date(past.started)}</a></td>
            <td class={isRed(past.outcome) ? 'bad-word' : 'good-word'}>{past.outcome}</td><td class="number">{duration(past.us)}</td>
            <td class="number">{past.attempts}</td><td><code>{past.head.slice(0, 12)}{past.clean ? '' : ' +'}</code></td></tr>
        ))}</tbody>
      </table>
      <h2>What it rests on</h2>
      <Inputs proof={answer.proof} />
    </>
  );
}
