// The page of one run: the verdict and why, then what is behind it.
import { useMemo } from 'preact/hooks';
import { useAddress } from './address';
import { AuthorshipView } from './authorship';
import { counted, date, duration } from './format';
import { readTests, type PageData } from './data';
import { Impact } from './impact';
import { Tests } from './tests';
import { Timeline } from './timeline';

const k_tabs = [
  ['tests', 'Tests'],
  ['impact', 'Impact'],
  ['rules', 'Rules'],
  ['authorship', 'Authorship'],
  ['timeline', 'Timeline'],
  ['about', 'Run'],
] as const;

function Verdict({ data }: { data: PageData }) {
  const { verdict, run, counts } = data;
  const word = run.finished ? verdict.status : 'NOT COMPLETED';
  return (
    <header class={`verdict ${word === 'PASSED' ? 'good' : 'bad'}`}>
      <h1><span class="mark" aria-hidden="true">{word === 'PASSED' ? '✓' : '✗'}</span> {word}</h1>
      <p class="facts">
        {counted(counts.selected, 'test')} run, {counts.red} red,{counts.flaky ? ` ${counts.flaky} flaky,` : ''}{counts.quarantined ? ` ${counts.quarantined} failed in quarantine,` : ''} {counts.reused} reused, {counts.leftOut} left out
        {run.finished ? `, in ${duration(run.us)}` : ''}
      </p>
      {verdict.reasons.length > 0 && <ul class="reasons">{verdict.reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>}
      {!run.finished && <p>The run did not complete: nothing is proven.</p>}
      {run.interrupted && <p>The run was interrupted.</p>}
      {data.build && !data.build.ok && (
        <details open><summary>The build failed with exit code {data.build.exit}</summary><pre>{data.build.output}</pre></details>
      )}
      {data.sandbox && (data.sandbox.level !== 'full' || !data.sandbox.observed) && (
        <details class="weak-sandbox">
          <summary>Tests ran in a sandbox that is {data.sandbox.words}</summary>
          {data.sandbox.losses.length > 0 && <ul>{data.sandbox.losses.map((each) => <li key={each}>{each}</li>)}</ul>}
        </details>
      )}
      {data.escalations.length > 0 && (
        <details>
          <summary>The plan was widened for {counted(data.escalations.length, 'reason')}</summary>
          <ul>{data.escalations.map((each) => <li key={each.words}>{each.words}{each.mend && <small> — {each.mend}</small>}</li>)}</ul>
        </details>
      )}
    </header>
  );
}

function Rules({ data }: { data: PageData }) {
  const order = { violated: 0, overridden: 1, satisfied: 2, 'not-applicable': 3 };
  const rules = [...data.verdict.rules].sort((a, b) => order[a.status] - order[b.status]);
  if (rules.length === 0) return <p class="empty">The policy of the base names no rule.</p>;
  return (
    <div class="cards">
      {rules.map((rule, at) => (
        <article key={at} class={`card rule-${rule.status}`}>
          <h2>{rule.rule} <span class="badge">{rule.status}</span></h2>
          {rule.summary && <p>{rule.summary}</p>}
          {rule.evidence.length > 0 && <ul>{rule.evidence.map((line, i) => <li key={i}><code>{line}</code></li>)}</ul>}
        </article>
      ))}
    </div>
  );
}

function About({ data }: { data: PageData }) {
  const { run } = data;
  const facts: [string, string][] = [
    ['Run', run.id], ['Started', date(run.started)], ['Command', `sluice ${run.command.join(' ')}`], ['Host', run.host],
    ['Base', run.base], ['Head', run.head + (run.workingTree ? ' and uncommitted changes' : '')], ['Tree', run.tree],
    ['Lanes', String(run.lanes)], ['Seed', run.seed ? String(run.seed) : ''], ['Sluice', run.version],
    ['Sandbox', data.sandbox?.words ?? ''], ['Limits', data.sandbox?.limits ?? ''], ['Openings', data.sandbox?.openings.join('; ') ?? ''],
    ['Build', data.build ? `${data.build.ok ? 'passed' : 'failed'} in ${duration(data.build.us)}` : ''],
    ['Reach', `${data.blast.tests} of ${data.blast.allTests} tests, ${data.blast.programs} of ${data.blast.allPrograms} programs, ${data.blast.files} of ${data.blast.allFiles} files`],
  ];
  return (
    <>
      <dl class="about">
        {facts.filter(([, value]) => value !== '').map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {data.dismissed.length > 0 && (
        <>
          <h2>Changed files that do not matter</h2>
          <ul>{data.dismissed.map((each) => <li key={each.path}><code>{each.path}</code> — {each.reason}</li>)}</ul>
        </>
      )}
    </>
  );
}

export function RunPage({ data }: { data: PageData }) {
  const [address, change] = useAddress();
  const tests = useMemo(() => readTests(data), [data]);
  const tab = address.tab ?? 'tests';
  return (
    <>
      <Verdict data={data} />
      <nav class="tabs" aria-label="Views of the run">
        {k_tabs.map(([key, words]) => (
          <button key={key} type="button" aria-current={tab === key ? 'page' : undefined} onClick={() => change({ tab: key })}>
            {words}
          </button>
        ))}
      </nav>
      <main id="main">
        {tab === 'tests' && <Tests data={data} tests={tests} />}
        {tab === 'impact' && <Impact data={data} tests={tests} />}
        {tab === 'rules' && <Rules data={data} />}
        {tab === 'authorship' && <AuthorshipView data={data} />}
        {tab === 'timeline' && <Timeline data={data} />}
        {tab === 'about' && <About data={data} />}
      </main>
    </>
  );
}
