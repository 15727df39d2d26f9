// The suites of the policy in the tree that is checked out: whose they are, and when they were last executed.
import { link } from './address';
import { useAnswer } from './answer';
import { counted, date } from './format';

interface Suite {
  suite: string; inPolicy: boolean; owners: string[]; rules: string[]; run: string; started: number;
  tests: number; executed: number; reused: number; red: number; wholeRun: string; wholeStarted: number; wholeRed: number;
}

function When({ run, started, words }: { run: string; started: number; words: string }) {
  if (run === '') return <span class="bad-word">never here</span>;
  return <><a href={link({ view: 'run', id: run })}>{date(started)}</a> {words}</>;
}

export function Suites() {
  const answer = useAnswer<{ suites: Suite[]; trouble: string }>('suites');
  if (typeof answer !== 'object') return <p class="empty">{answer ?? 'Reading the suites'}</p>;
  return (
    <>
      {answer.trouble && <p class="bad-word">{answer.trouble}</p>}
      {answer.suites.length === 0 && <p class="empty">sluice.policy.toml names no suite.</p>}
      {answer.suites.length > 0 && (
        <table class="suites">
          <thead><tr><th scope="col">suite</th><th scope="col">owners</th><th scope="col">demanded by</th><th scope="col" class="number">tests</th><th scope="col">last executed</th><th scope="col">last executed whole</th></tr></thead>
          <tbody>{answer.suites.map((suite) => (
            <tr key={suite.suite}>
              <th scope="row">{suite.suite}{!suite.inPolicy && <small> (no longer in the policy)</small>}</th>
              <td>{suite.owners.join(', ') || '–'}</td><td>{suite.rules.join(', ') || '–'}</td>
              <td class="number">{suite.run === '' ? '–' : suite.tests}</td>
              <td><When run={suite.run} started={suite.started} words={`${suite.executed} of ${counted(suite.tests, 'test')}${suite.red > 0 ? `, ${suite.red} red` : ''}`} /></td>
              <td><When run={suite.wholeRun} started={suite.wholeStarted} words={suite.wholeRed > 0 ? `${suite.wholeRed} red` : 'all passed'} /></td>
            </tr>
          ))}</tbody>
        </table>
      )}
    </>
  );
}
