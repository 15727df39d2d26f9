// The pages of `sluice ui`: runs, tests, one test's history, one run. All they show comes from the server's read-only
// questions (docs/formats/page.md); addresses are relative, so that the token in the path goes with them.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { link, useAddress } from './address';
import { useAnswer } from './answer';
import { Chart } from './chart';
import { k_authorship_words } from './authorship';
import type { Authorship, PageData } from './data';
import { isRed } from './data';
import { counted, date, duration } from './format';
import { RunPage } from './run_page';
import { Suites } from './suites';
import { TestHistory, TestLists } from './test_lists';
import { Trends } from './trends';

interface Run {
  run: string; started: number; us: number; head: string; workingTree: boolean; running: boolean; finished: boolean; status: string;
  reason: string; total: number; selected: number; reused: number; leftOut: number; red: number; spentUs: number; savedUs: number;
  escalations: string[]; authorship: Authorship | '';
}

const k_runs_shown = 200;

function wordOf(run: Run): string {
  return run.running ? 'running' : run.finished ? run.status : 'cut off';
}

function Word({ run }: { run: Run }) {
  const word = wordOf(run);
  if (run.running) return <span class="badge">{word}</span>;
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
      <RunTable runs={runs} />
    </>
  );
}

// Filters stand in the address: verdict, and who wrote the change.
function RunTable({ runs }: { runs: Run[] }) {
  const [address, change] = useAddress();
  const verdict = address.verdict ?? '', by = address.by ?? '';
  const verdicts = [...new Set(runs.map(wordOf))].sort();
  const writers = [...new Set(runs.map((run) => run.authorship))].filter((word) => word !== '').sort();
  const matching = runs.filter((run) => (verdict === '' || wordOf(run) === verdict) && (by === '' || run.authorship === by));
  const shown = address.more === '1' ? matching : matching.slice(0, k_runs_shown);
  return (
    <>
      <div class="filters" role="group" aria-label="Filter runs">
        {verdicts.map((word) => (
          <button key={word} type="button" class="filter" aria-pressed={word === verdict} onClick={() => change({ verdict: word === verdict ? '' : word })}>{word}</button>
        ))}
        {writers.map((word) => (
          <button key={word} type="button" class="filter" aria-pressed={word === by} onClick={() => change({ by: word === by ? '' : word })}>{k_authorship_words[word as Authorship]}</button>
        ))}
        <span class="shown" role="status">{matching.length.toLocaleString('en')} of {counted(runs.length, 'run')}</span>
      </div>
      <table>
        <thead><tr><th scope="col">run</th><th scope="col">verdict</th><th scope="col">written by</th><th scope="col" class="number">run</th><th scope="col" class="number">red</th><th scope="col" class="number">reused</th><th scope="col" class="number">time</th><th scope="col">why</th></tr></thead>
        <tbody>{shown.map((run) => (
          <tr key={run.run}>
            <td><a href={link({ view: 'run', id: run.run })}>{date(run.started)}</a></td><td><Word run={run} /></td><td>{run.authorship && k_authorship_words[run.authorship]}</td>
            <td class="number">{run.selected}</td><td class="number">{run.red}</td><td class="number">{run.reused}</td>
            <td class="number">{duration(run.us)}</td><td>{run.reason}</td>
          </tr>
        ))}</tbody>
      </table>
      {shown.length < matching.length && (
        <p><button type="button" onClick={() => change({ more: '1' }, 'replace')}>Show the other {(matching.length - shown.length).toLocaleString('en')}</button></p>
      )}
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
      if (performance.now() - drawn < 100) return;
      drawn = performance.now();
      set({ ...now });
    };
    source.addEventListener('end', () => { // its process has ended: between the verdict and that its reports are written
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
  const word = typeof answer !== 'object' ? '' : answer.running ? 'running' : answer.run.finished ? answer.verdict.status : 'NOT COMPLETED';
  useEffect(() => {
    if (word !== '') document.title = `${word} - Sluice`;
    return () => { document.title = 'Sluice'; };
  }, [word]);
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
        <a href={link({ view: 'trends' })} aria-current={view === 'trends' ? 'page' : undefined}>Trends</a>
        <a href={link({ view: 'tests' })} aria-current={view === 'tests' ? 'page' : undefined}>Tests</a>
        <a href={link({ view: 'suites' })} aria-current={view === 'suites' ? 'page' : undefined}>Suites</a>
      </nav>
      {view === 'runs' && <main><Runs /></main>}
      {view === 'trends' && <main><Trends /></main>}
      {view === 'suites' && <main><Suites /></main>}
      {view === 'tests' && <main><TestLists /></main>}
      {view === 'test' && <main><TestHistory id={address.id ?? ''} /></main>}
      {view === 'run' && <StoredRun key={address.id} id={address.id ?? ''} />}
    </>
  );
}
