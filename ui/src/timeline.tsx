// What each lane did when. Drawn on a canvas: fifty thousand spans are no elements of a document. The table below it says
// the same to those who cannot see it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageData } from './data';
import { isRed } from './data';
import { duration } from './format';
import { useTheme } from './theme';

const k_lane = 26;
const k_gap = 6;

interface Lane { number: number; busy: number; waiting: number; tests: number }

function lanesOf(data: PageData): Lane[] {
  const lanes = new Map<number, Lane>();
  for (const [kind, lane, begin, end] of data.spans) {
    const known = lanes.get(lane) ?? { number: lane, busy: 0, waiting: 0, tests: 0 };
    lanes.set(lane, known);
    if (kind === 0) known.busy += end - begin;
    if (kind === 1) known.tests += 1;
    if (kind === 2) known.waiting += end - begin;
  }
  return [...lanes.values()].sort((a, b) => a.number - b.number);
}

function colours(element: Element) {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return { batch: of('--line'), good: of('--good'), bad: of('--bad'), waiting: of('--faint') };
}

export function Timeline({ data }: { data: PageData }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(900);
  const [range, setRange] = useState<[number, number]>(() => [0, Math.max(1, ...data.spans.map((span) => span[3]))]);
  const [pointed, setPointed] = useState('');
  const lanes = useMemo(() => lanesOf(data), [data]);
  const row = useMemo(() => new Map(lanes.map((lane, at) => [lane.number, at])), [lanes]);
  const [from, to] = range;
  const theme = useTheme();
  const all = useMemo(() => Math.max(1, ...data.spans.map((span) => span[3])), [data]);

  useEffect(() => {
    const measure = () => setWidth(canvas.current?.parentElement?.clientWidth ?? 900);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const scale = devicePixelRatio || 1;
    element.width = width * scale;
    element.height = lanes.length * (k_lane + k_gap) * scale;
    context.scale(scale, scale);
    const colour = colours(element);
    for (const [kind, lane, begin, end, what] of data.spans) {
      if (end < from || begin > to) continue;
      const x = ((begin - from) / (to - from)) * width;
      const length = Math.max(((end - begin) / (to - from)) * width, kind === 1 ? 1 : 0.5);
      const y = (row.get(lane) ?? 0) * (k_lane + k_gap);
      const test = kind === 1 ? data.tests[what] : undefined;
      context.fillStyle = kind === 0 ? colour.batch : kind === 2 ? colour.waiting : isRed(data.outcomes[test?.[7] ?? 0] ?? '') ? colour.bad : colour.good;
      if (kind === 0) context.fillRect(x, y, length, k_lane);
      else if (kind === 2) context.fillRect(x, y + k_lane / 2 - 1, length, 2);
      else context.fillRect(x, y + 5, Math.max(length - 0.5, 0.7), k_lane - 10);
    }
  }, [data, lanes, row, width, from, to, theme]);

  const point = (event: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const time = from + ((event.clientX - box.left) / width) * (to - from);
    const lane = lanes[Math.floor((event.clientY - box.top) / (k_lane + k_gap))]?.number;
    const hit = data.spans.filter((span) => span[1] === lane && span[2] <= time && span[3] >= time).sort((a, b) => b[0] - a[0])[0];
    if (!hit) return setPointed('');
    const name = hit[0] === 1 ? data.tests[hit[4]]?.[0] : hit[0] === 2 ? 'waiting' : data.strings[hit[4]];
    setPointed(`lane ${lane}: ${name}, ${duration(hit[3] - hit[2])}`);
  };
  const zoom = (factor: number, middle = (from + to) / 2) => {
    const half = Math.min(all, (to - from) * factor) / 2;
    const begin = Math.min(Math.max(0, middle - half), all - 2 * half);
    setRange([begin, begin + 2 * half]);
  };
  if (data.spans.length === 0) return <p class="empty">Nothing ran.</p>;
  return (
    <div class="timeline">
      <p class="tools">
        <button type="button" onClick={() => zoom(0.5)}>Zoom in</button>
        <button type="button" onClick={() => zoom(2)}>Zoom out</button>
        <button type="button" onClick={() => zoom(1, (from + to) / 2 - (to - from) / 4)} aria-label="Earlier">←</button>
        <button type="button" onClick={() => zoom(1, (from + to) / 2 + (to - from) / 4)} aria-label="Later">→</button>
        <span>{duration(from)} to {duration(to)}</span> <span role="status">{pointed}</span>
      </p>
      <canvas ref={canvas} role="img" aria-label="Timeline of lanes; the table below has the sums" style={{ width: `${width}px`, height: `${lanes.length * (k_lane + k_gap)}px` }} onMouseMove={point} />
      <table>
        <thead><tr><th scope="col">lane</th><th scope="col">tests</th><th scope="col">busy</th><th scope="col">waiting</th></tr></thead>
        <tbody>{lanes.map((lane) => (
          <tr key={lane.number}><th scope="row">{lane.number}</th><td>{lane.tests}</td><td>{duration(lane.busy)}</td><td>{duration(lane.waiting)}</td></tr>
        ))}</tbody>
      </table>
    </div>
  );
}
