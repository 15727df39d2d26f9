// The tests of the store: those that lead a list, and one test's history.
import { useMemo } from 'preact/hooks';
import { link } from './address';
import { useAnswer } from './answer';
import { Chart } from './chart';
import { isRed } from './data';
import { counted, date, duration } from './format';

interface TestLine { test: string; runs: number; red: number; retried: number; totalUs: number; longestUs: number }
interface Flaky { test: string; runs: number; red: number; sameInputs: number; sameTree: number }
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
      {answer.flaky.length === 0 ? <p>No test is known to have passed and failed with the same inputs.</p> : (
        <table><tbody>{answer.flaky.map((test) => (
          <tr key={test.test}><td><a href={link({ view: 'test', id: test.test })}>{test.test}</a></td>
            <td>red in {test.red} of {counted(test.runs, 'run')}; both ways with the same inputs {test.sameInputs}×, on one commit {test.sameTree}×</td></tr>
        ))}</tbody></table>
      )}
    </>
  );
}

export function TestHistory({ id }: { id: string }) {
  const answer = useAnswer<{ outcomes: Past[] }>(`test?id=${encodeURIComponent(id)}`);
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
      <p>Executed in {counted(answer.outcomes.length, 'run')}, red in {answer.outcomes.filter((past) => isRed(past.outcome)).length}.</p>
      <Chart title="Duration" x={x} series={series} />
      <table>
        <thead><tr><th scope="col">run</th><th scope="col">outcome</th><th scope="col" class="number">time</th><th scope="col" class="number">attempts</th><th scope="col">commit</th></tr></thead>
        <tbody>{answer.outcomes.map((past) => (
          <tr key={past.run}><td><a href={link({ view: 'run', id: past.run, test: id })}>{date(past.started)}</a></td>
            <td class={isRed(past.outcome) ? 'bad-word' : 'good-word'}>{past.outcome}</td><td class="number">{duration(past.us)}</td>
            <td class="number">{past.attempts}</td><td><code>{past.head.slice(0, 12)}{past.clean ? '' : ' +'}</code></td></tr>
        ))}</tbody>
      </table>
    </>
  );
}
