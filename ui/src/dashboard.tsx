// The pages of `sluice ui`: runs, tests, one test's history, one run. All they show comes from the server's read-only
// questions (docs/formats/ui.md); addresses are relative, so that the token in the path goes with them.
import uPlot from 'uplot';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { link, useAddress } from './address';
import type { PageData } from './data';
import { isRed } from './data';
import { counted, date, duration } from './format';
import { RunPage } from './run_page';

interface Run {
  run: string; started: number; us: number; head: string; workingTree: boolean; running: boolean; finished: boolean; status: string;
  reason: string; total: number; selected: number; reused: number; leftOut: number; red: number; spentUs: number; savedUs: number;
  escalations: string[];
}
interface TestLine { test: string; runs: number; red: number; retried: number; totalUs: number; longestUs: number }
interface Flaky { test: string; runs: number; red: number; sameInputs: number; sameTree: number }
interface Past { run: string; started: number; head: string; clean: boolean; outcome: string; attempts: number; us: number }

function useAnswer<T>(question: string): T | string | undefined {
  const [answer, set] = useState<T | string>();
  useEffect(() => {
    let wanted = true;
    set(undefined);
    fetch(`api/${question}`)
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`${response.status}`))))
      .then((value: T) => wanted && set(value))
      .catch((error: Error) => wanted && set(`The server does not answer: ${error.message}`));
    return () => { wanted = false; };
  }, [question]);
  return answer;
}

function Chart({ title, series, x }: { title: string; x: number[]; series: { label: string; values: (number | null)[]; colour: string }[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element || x.length === 0) return;
    const style = getComputedStyle(element);
    const of = (name: string) => style.getPropertyValue(name).trim();
    const axis = { stroke: of('--soft'), grid: { stroke: of('--line') }, ticks: { stroke: of('--line') } };
    const chart = new uPlot({
      title, width: element.clientWidth - 16, height: 220, axes: [axis, { ...axis, size: 60 }],
      series: [{}, ...series.map((each) => ({ label: each.label, stroke: of(each.colour), width: 2, points: { show: x.length < 60 } }))],
    }, [x, ...series.map((each) => each.values)], element);
    return () => chart.destroy();
  }, [title, x, series]);
  return <div class="chart" ref={box} role="img" aria-label={title} />;
}

function Word({ run }: { run: Run }) {
  if (run.running) return <span class="badge">running</span>;
  const word = run.finished ? run.status : 'cut off';
  return <span class={word === 'PASSED' ? 'good-word' : 'bad-word'}>{word}</span>;
}

function Runs() {
  const answer = useAnswer<{ runs: Run[] }>('runs');
  const ordered = useMemo(() => (typeof answer === 'object' ? [...answer.runs].reverse() : []), [answer]);
  const x = useMemo(() => ordered.map((run) => run.started / 1e6), [ordered]);
  const series = useMemo(() => [
    { label: 'minutes in tests', values: ordered.map((run) => run.spentUs / 6e7), colour: '--link' },
    { label: 'minutes saved', values: ordered.map((run) => run.savedUs / 6e7), colour: '--good' },
  ], [ordered]);
  if (typeof answer !== 'object') return <p class="empty">{answer ?? 'Reading the runs'}</p>;
  const { runs } = answer;
  const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0);
  const widened = new Map<string, number>();
  for (const run of runs) for (const words of run.escalations) widened.set(words, (widened.get(words) ?? 0) + 1);
  if (runs.length === 0) return <p class="empty">There is no run yet: sluice run</p>;
  return (
    <>
      <div class="tiles">
        <div class="tile"><b>{runs.length}</b><span>runs</span></div>
        <div class="tile"><b>{Math.round((100 * sum((run) => Number(run.status === 'PASSED' && run.finished))) / runs.length)} %</b><span>passed</span></div>
        <div class="tile"><b>{duration(sum((run) => run.savedUs))}</b><span>saved by reuse</span></div>
        <div class="tile"><b>{duration(sum((run) => run.spentUs))}</b><span>spent in tests</span></div>
      </div>
      <Chart title="Test time of each run" x={x} series={series} />
      <table>
        <thead><tr><th scope="col">run</th><th scope="col">verdict</th><th scope="col" class="number">run</th><th scope="col" class="number">red</th><th scope="col" class="number">reused</th><th scope="col" class="number">time</th><th scope="col">why</th></tr></thead>
        <tbody>{runs.slice(0, 200).map((run) => (
          <tr key={run.run}>
            <td><a href={link({ view: 'run', id: run.run })}>{date(run.started)}</a></td><td><Word run={run} /></td>
            <td class="number">{run.selected}</td><td class="number">{run.red}</td><td class="number">{run.reused}</td>
            <td class="number">{duration(run.us)}</td><td>{run.reason}</td>
          </tr>
        ))}</tbody>
      </table>
      {widened.size > 0 && (
        <>
          <h2>What widened plans</h2>
          <table><tbody>{[...widened].sort((a, b) => b[1] - a[1]).slice(0, 20).map(([words, count]) => (
            <tr key={words}><td class="number">{count}×</td><td>{words}</td></tr>
          ))}</tbody></table>
        </>
      )}
    </>
  );
}

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

function TestLists() {
  const answer = useAnswer<{ tests: TestLine[]; flaky: Flaky[] }>('tests');
  if (typeof answer !== 'object') return <p class="empty">{answer ?? 'Reading the tests'}</p>;
  const by = (of: (test: TestLine) => number) => answer.tests.filter((test) => of(test) > 0).sort((a, b) => of(b) - of(a));
  return (
    <>
      <div class="columns">
        <Ranking title="Most time" tests={by((test) => test.totalUs)} words={(test) => duration(test.totalUs)} />
        <Ranking title="Longest" tests={by((test) => test.longestUs)} words={(test) => duration(test.longestUs)} />
        <Ranking title="Most often red" tests={by((test) => test.red)} words={(test) => `${test.red} of ${test.runs}`} />
        <Ranking title="Most often run" tests={by((test) => test.runs)} words={(test) => `${test.runs}×`} />
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

function TestHistory({ id }: { id: string }) {
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

interface Event { event: string; test?: string; outcome?: string; decision?: string; message?: string; status?: string }

// A run under way: its events as they are written, by server-sent events.
function Live({ id, done }: { id: string; done: () => void }) {
  const [state, set] = useState({ selected: 0, finished: 0, red: [] as Event[], running: new Set<string>() });
  useEffect(() => {
    const source = new EventSource(`api/live/${id}`);
    const now = { selected: 0, finished: 0, red: [] as Event[], running: new Set<string>() };
    let drawn = 0;
    source.onmessage = (message) => {
      const event = JSON.parse(message.data as string) as Event;
      if (event.event === 'test_planned' && event.decision === 'run') now.selected += 1;
      if (event.event === 'test_started') now.running.add(event.test ?? '');
      if (event.event === 'test_finished') {
        now.running.delete(event.test ?? '');
        now.finished += 1;
        if (isRed(event.outcome ?? '')) now.red.push(event);
      }
      if (event.event === 'run_finished') {
        source.close();
        done();
      }
      if (performance.now() - drawn < 100) return;
      drawn = performance.now();
      set({ ...now });
    };
    source.addEventListener('end', () => {
      source.close();
      done();
    });
    const timer = setInterval(() => set({ ...now }), 500);
    return () => {
      clearInterval(timer);
      source.close();
    };
  }, [id]);
  return (
    <section aria-live="polite">
      <header class="verdict"><h1>Running</h1>
        <p class="facts">{state.finished} of {counted(state.selected, 'test')} done, {state.red.length} red</p></header>
      <progress max={Math.max(1, state.selected)} value={state.finished} aria-label="Tests done" />
      <ul>{[...state.running].slice(0, 20).map((test) => <li key={test}>{test}</li>)}</ul>
      <ul>{state.red.slice(-50).map((event) => <li key={event.test} class="bad-word">{event.test}: {event.message ?? event.outcome}</li>)}</ul>
    </section>
  );
}

function StoredRun({ id }: { id: string }) {
  const [version, again] = useState(0);
  const answer = useAnswer<PageData & { running?: boolean }>(`run/${id}?version=${version}`);
  if (typeof answer !== 'object') return <p class="empty">{answer ?? 'Reading the run'}</p>;
  return answer.running ? <Live id={id} done={() => again(version + 1)} /> : <RunPage data={answer} />;
}

export function Dashboard() {
  const [address] = useAddress();
  const view = address.view ?? 'runs';
  return (
    <>
      <nav class="tabs" aria-label="Pages">
        <a href={link({ view: 'runs' })} aria-current={view === 'runs' ? 'page' : undefined}>Runs</a>
        <a href={link({ view: 'tests' })} aria-current={view === 'tests' ? 'page' : undefined}>Tests</a>
      </nav>
      {view === 'runs' && <main><Runs /></main>}
      {view === 'tests' && <main><TestLists /></main>}
      {view === 'test' && <main><TestHistory id={address.id ?? ''} /></main>}
      {view === 'run' && <StoredRun key={address.id} id={address.id ?? ''} />}
    </>
  );
}
