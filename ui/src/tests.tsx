// The tests of a run, failures first: filters kept in the address, and all about the chosen one beside the list.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { link, useAddress } from './address';
import { k_status_order, matching, pathOf, type Attempt, type PageData, type Status, type Test } from './data';
import { compared, difference, duration, repeatCommand } from './format';
import { List, usePrinting } from './list';

const k_printed_failures = 100;

const k_status_words: Record<Status, string> = {
  red: 'failed', alone: 'passes alone', quarantined: 'in quarantine', flaky: 'flaky', passed: 'passed', skipped: 'skipped', reused: 'reused', 'left-out': 'left out',
};

// Those whose failures need a look, first of all.
function failed(test: Test): boolean {
  return test.status === 'red' || test.status === 'alone' || test.status === 'quarantined' || test.status === 'flaky';
}

function Compared({ text }: { text: string }) {
  const values = compared(text);
  if (!values) return null;
  const [head, tail] = difference(values.expected, values.actual);
  const marked = (value: string) => (
    <>{value.slice(0, head)}<mark>{value.slice(head, value.length - tail)}</mark>{value.slice(value.length - tail)}</>
  );
  return (
    <dl class="compared">
      <dt>expected</dt><dd><code>{marked(values.expected)}</code></dd>
      <dt>actual</dt><dd><code>{marked(values.actual)}</code></dd>
    </dl>
  );
}

function AttemptView({ attempt }: { attempt: Attempt }) {
  const kind = { first: '', isolated: ', alone', repeat: ', repeated', retry: ', a retry' }[attempt.kind];
  return (
    <section class="attempt">
      <h3><span class={`dot ${attempt.outcome}`} aria-hidden="true" /> Attempt {attempt.n}{kind}: {attempt.outcome}, {duration(attempt.us)}</h3>
      {attempt.message && <p class="message">{attempt.message}</p>}
      {attempt.at && <p><code>{attempt.at}</code></p>}
      <Compared text={attempt.output ?? ''} />
      {attempt.output && <pre tabIndex={0} aria-label={`Output of attempt ${attempt.n}`}>{attempt.output}</pre>}
      {attempt.log && <p>full output: <code>{attempt.log}</code></p>}
      {attempt.written && <p>what it wrote: <code>{attempt.written}</code></p>}
    </section>
  );
}

export function Why({ data, test }: { data: PageData; test: Test }) {
  const path = pathOf(data, test);
  return (
    <section>
      <h3>{test.status === 'reused' ? 'Why it was not run' : test.status === 'left-out' ? 'Why it was left out' : 'Why it ran'}</h3>
      <p>{test.cause}</p>
      {path.length > 0 && (
        <ol class="path">
          {path.map((step, at) => (
            <li key={at}><code>{step.name}</code>{step.via && <small> {step.via}</small>}</li>
          ))}
        </ol>
      )}
    </section>
  );
}

// What its author should know of although it may have passed.
function Conduct({ test }: { test: Test }) {
  if (test.findings.length === 0 && test.unobserved === '') return null;
  return (
    <section class="conduct">
      <h3>What was found</h3>
      <ul>
        {test.findings.map((words, at) => <li key={at}>{words}</li>)}
        {test.unobserved !== '' && <li>what it used is not known completely: {test.unobserved}</li>}
      </ul>
    </section>
  );
}

function Details({ data, test, server }: { data: PageData; test: Test; server: boolean }) {
  const attempts = data.attempts[String(test.index)] ?? [];
  const command = repeatCommand(test.id);
  return (
    <aside class="details" aria-label={`Test ${test.id}`}>
      <h2>{test.id}</h2>
      <p>
        <span class={`badge ${test.status}`}>{k_status_words[test.status]}</span> {failed(test) && test.outcome !== 'failed' && test.outcome}{' '}
        {test.file && <code>{test.file}{test.line ? `:${test.line}` : ''}</code>}
      </p>
      <p class="command">
        <code>{command}</code>{' '}
        <button type="button" onClick={() => void navigator.clipboard?.writeText(command)}>Copy</button>
        {server && <a href={link({ view: 'test', id: test.id })}>History</a>}
      </p>
      {test.quarantine !== '' && <p class="quarantine">In quarantine: {test.quarantine}</p>}
      <div class="attempts">{attempts.map((attempt) => <AttemptView key={attempt.n} attempt={attempt} />)}</div>
      <Conduct test={test} />
      <Why data={data} test={test} />
    </aside>
  );
}

export function Tests({ data, tests }: { data: PageData; tests: Test[] }) {
  const [address, change] = useAddress();
  const query = address.q ?? '';
  const status = address.status ?? '';
  const found = address.found === '1';
  const shown = useMemo(
    () => matching(tests, query, new Set(status.split(',').filter((word) => word !== '') as Status[]), found),
    [tests, query, status, found],
  );
  const withFindings = useMemo(() => tests.filter((test) => test.findings.length > 0).length, [tests]);
  const counts = useMemo(() => {
    const all = new Map<Status, number>();
    for (const test of tests) all.set(test.status, (all.get(test.status) ?? 0) + 1);
    return all;
  }, [tests]);
  const wanted = address.test ?? '';
  const at = wanted === '' ? -1 : shown.findIndex((test) => test.id === wanted);
  const chosen = at >= 0 ? at : wanted === '' && shown[0] && failed(shown[0]) ? 0 : -1;
  const test = chosen >= 0 ? shown[chosen] : undefined;
  const printing = usePrinting();
  const failures = printing ? shown.filter(failed) : [];
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const toggle = (each: Status) => {
    const now = new Set(status.split(',').filter((word) => word !== ''));
    if (!now.delete(each)) now.add(each);
    change({ status: [...now].join(','), test: '' });
  };
  return (
    <div class="tests">
      <div class="filters" role="search">
        <input ref={search} type="search" value={query} placeholder="Filter by name, suite or file  ( / )" aria-label="Filter tests"
          onInput={(event) => change({ q: event.currentTarget.value, test: '' }, 'replace')} />
        {k_status_order.filter((each) => counts.has(each)).map((each) => (
          <button key={each} type="button" class={`filter ${each}`} aria-pressed={status.split(',').includes(each)} onClick={() => toggle(each)}>
            {k_status_words[each]} {counts.get(each)!.toLocaleString('en')}
          </button>
        ))}
        {withFindings > 0 && (
          <button type="button" class="filter findings" aria-pressed={found} onClick={() => change({ found: found ? '' : '1', test: '' })}>
            with findings {withFindings.toLocaleString('en')}
          </button>
        )}
        <span class="shown" role="status">{shown.length.toLocaleString('en')} of {tests.length.toLocaleString('en')}</span>
      </div>
      <div class="split">
        <List rows={shown} label="Tests" chosen={chosen} onChoose={(at) => change({ test: shown[at]?.id ?? '' }, 'replace')}
          rowKey={(each) => each.index}
          row={(each) => (
            <>
              <span class={`dot ${each.status}`} title={k_status_words[each.status]} />
              <span class="name">{each.id}</span>
              <span class="sr">{k_status_words[each.status]}</span>
              {each.findings.length > 0 && <span class="badge finding" title={each.findings.join('; ')}>{each.findings.length === 1 ? 'finding' : `${each.findings.length} findings`}</span>}
              <span class="time">{each.status === 'reused' || each.status === 'left-out' ? '' : duration(each.us)}</span>
            </>
          )} />
        {printing && failures.slice(0, k_printed_failures).map((each) => <Details key={each.index} data={data} test={each} server={false} />)}
        {failures.length > k_printed_failures && <p>The details of {failures.length - k_printed_failures} more failures are not printed.</p>}
        {printing ? null : test ? <Details data={data} test={test} server={address.view === 'run'} /> : <aside class="details empty">Choose a test to see why it ran and what it said.</aside>}
      </div>
    </div>
  );
}
