// The store over weeks: who wrote the changes and how these fared, what selection saved, what widened plans.
import { useMemo } from 'preact/hooks';
import { link, useAddress } from './address';
import { useAnswer } from './answer';
import { k_authorship_words } from './authorship';
import { Chart } from './chart';
import type { Authorship } from './data';
import { counted, date, day, duration } from './format';

interface Fates { passed: number; failed: number; refused: number; overridden: number; cutOff: number }
type Writer = Authorship | 'unasked';
interface Week {
  begin: number; runs: number; selected: number; reused: number; spentUs: number; savedUs: number; changes: Record<Writer, Fates>;
}
interface Widening { words: string; mend: string; runs: number; run: string; started: number }
interface Answer { weeks: Week[]; widened: Widening[] }

const k_writers: Writer[] = ['ai', 'ai_assisted', 'human', 'undeclared', 'unasked'];
const k_asked: Writer[] = ['ai', 'ai_assisted', 'human', 'undeclared'];
const k_fates: [keyof Fates, string][] = [
  ['passed', 'passed'], ['failed', 'failed'], ['refused', 'refused'], ['overridden', 'overridden'], ['cutOff', 'cut off'],
];
const k_periods = ['4', '12', '26', '53'];

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const all = (fates: Fates) => sum(Object.values(fates));
const percent = (part: number, whole: number) => (whole === 0 ? null : (100 * part) / whole);
const words = (value: number | null) => (value === null ? '–' : `${Math.round(value)} %`);

function shareOfAi(week: Week): number | null {
  return percent(all(week.changes.ai) + all(week.changes.ai_assisted), sum(k_asked.map((writer) => all(week.changes[writer]))));
}

// How many of the changes that were judged did pass.
function passing(weeks: Week[], writers: Writer[]): number | null {
  const fates = weeks.flatMap((week) => writers.map((writer) => week.changes[writer]));
  const judged = sum(fates.map((each) => all(each) - each.cutOff));
  return percent(sum(fates.map((each) => each.passed)), judged);
}

function FatesTable({ weeks }: { weeks: Week[] }) {
  const rows = k_writers.map((writer) => {
    const total: Fates = { passed: 0, failed: 0, refused: 0, overridden: 0, cutOff: 0 };
    for (const week of weeks) for (const [key] of k_fates) total[key] += week.changes[writer][key];
    return { writer, total };
  }).filter((row) => all(row.total) > 0);
  if (rows.length === 0) return <p>No change between two commits was judged in these weeks.</p>;
  return (
    <table class="fates">
      <thead><tr><th scope="col">written by</th><th scope="col" class="number">changes</th>{k_fates.map(([key, title]) => <th key={key} scope="col" class="number">{title}</th>)}<th scope="col" class="number">passing</th></tr></thead>
      <tbody>{rows.map(({ writer, total }) => (
        <tr key={writer}>
          <th scope="row">{writer === 'unasked' ? 'nobody asked' : k_authorship_words[writer]}</th>
          <td class="number">{all(total)}</td>
          {k_fates.map(([key]) => <td key={key} class="number">{total[key]}</td>)}
          <td class="number">{words(passing(weeks, [writer]))}</td>
        </tr>
      ))}</tbody>
    </table>
  );
}

function Widened({ widened }: { widened: Widening[] }) {
  if (widened.length === 0) return <p>No plan was widened: every changed file was known.</p>;
  return (
    <table class="widened">
      <thead><tr><th scope="col" class="number">runs</th><th scope="col">why everything ran</th><th scope="col">last</th><th scope="col">what mends it</th></tr></thead>
      <tbody>{widened.map((each) => (
        <tr key={each.words}>
          <td class="number">{each.runs}</td><td>{each.words}</td>
          <td><a href={link({ view: 'run', id: each.run })}>{date(each.started)}</a></td><td>{each.mend}</td>
        </tr>
      ))}</tbody>
    </table>
  );
}

function WeekTable({ weeks }: { weeks: Week[] }) {
  return (
    <details>
      <summary>The same week by week</summary>
      <table>
        <thead><tr><th scope="col">week from</th><th scope="col" class="number">runs</th><th scope="col" class="number">changes</th><th scope="col" class="number">AI-written</th><th scope="col" class="number">run</th><th scope="col" class="number">reused</th><th scope="col" class="number">in tests</th><th scope="col" class="number">saved</th></tr></thead>
        <tbody>{[...weeks].reverse().map((week) => (
          <tr key={week.begin}>
            <th scope="row">{day(week.begin)}</th><td class="number">{week.runs}</td><td class="number">{sum(k_writers.map((writer) => all(week.changes[writer])))}</td>
            <td class="number">{words(shareOfAi(week))}</td><td class="number">{week.selected}</td><td class="number">{week.reused}</td>
            <td class="number">{duration(week.spentUs)}</td><td class="number">{duration(week.savedUs)}</td>
          </tr>
        ))}</tbody>
      </table>
    </details>
  );
}

export function Trends() {
  const answer = useAnswer<Answer>('trends');
  const [address, change] = useAddress();
  const period = k_periods.includes(address.weeks ?? '') ? address.weeks! : '12';
  const weeks = useMemo(() => (typeof answer === 'object' ? answer.weeks.slice(-Number(period)) : []), [answer, period]);
  const x = useMemo(() => weeks.map((week) => week.begin / 1e6), [weeks]);
  const saved = useMemo(() => [
    { label: 'minutes in tests', values: weeks.map((week) => week.spentUs / 6e7), colour: '--link' },
    { label: 'minutes saved', values: weeks.map((week) => week.savedUs / 6e7), colour: '--good' },
  ], [weeks]);
  const written = useMemo(() => [
    { label: '% AI-written', values: weeks.map(shareOfAi), colour: '--careful' },
    { label: '% of these passing', values: weeks.map((week) => passing([week], ['ai', 'ai_assisted'])), colour: '--link' },
    { label: '% of others passing', values: weeks.map((week) => passing([week], ['human', 'undeclared'])), colour: '--good' },
  ], [weeks]);
  if (typeof answer !== 'object') return <p class="empty">{answer ?? 'Reading the store'}</p>;
  if (answer.weeks.length === 0) return <p class="empty">There is no run yet: sluice run</p>;
  const spentUs = sum(weeks.map((week) => week.spentUs)), savedUs = sum(weeks.map((week) => week.savedUs));
  const asked = sum(weeks.flatMap((week) => k_asked.map((writer) => all(week.changes[writer]))));
  const byAi = sum(weeks.map((week) => all(week.changes.ai) + all(week.changes.ai_assisted)));
  return (
    <>
      <p class="tools" role="group" aria-label="Period">
        {k_periods.map((each) => (
          <button key={each} type="button" class="filter" aria-pressed={each === period} onClick={() => change({ weeks: each }, 'replace')}>{each} weeks</button>
        ))}
      </p>
      <div class="tiles">
        <div class="tile"><b>{words(percent(byAi, asked))}</b><span>of {counted(asked, 'change')} written by AI</span></div>
        <div class="tile"><b>{words(passing(weeks, ['ai', 'ai_assisted']))}</b><span>of these passing</span></div>
        <div class="tile"><b>{duration(savedUs)}</b><span>saved by selection</span></div>
        <div class="tile"><b>{words(percent(savedUs, savedUs + spentUs))}</b><span>of test time not spent</span></div>
      </div>
      <h2>Who writes the changes, and how these fare</h2>
      <FatesTable weeks={weeks} />
      <Chart title="Changes written by AI, and passing changes, by week" x={x} series={written} most={100} />
      <h2>Time saved by selection</h2>
      <Chart title="Test time by week" x={x} series={saved} />
      <WeekTable weeks={weeks} />
      <h2>What widened plans to everything</h2>
      <Widened widened={answer.widened} />
      <p><small>A change is a pair of base and head; its last run decides. Runs with uncommitted work are none. Authorship is asked for where the policy has a rule.</small></p>
    </>
  );
}
