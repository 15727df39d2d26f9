// A line for each series over time, drawn by uPlot. Who cannot see it has the table that stands below each chart.
import uPlot from 'uplot';
import { useEffect, useRef } from 'preact/hooks';
import { date } from './format';
import { useTheme } from './theme';

export interface Series { label: string; values: (number | null)[]; colour: string }

const k_days = 3 * 86_400;

// As elsewhere on these pages: the year first, UTC.
function moment(seconds: number, x: number[]): string {
  const text = date(seconds * 1e6);
  return x[x.length - 1]! - x[0]! > k_days ? text.slice(0, 10) : text.slice(11, 16);
}

// `most`: where the scale ends, when that is known.
export function Chart({ title, series, x, most }: { title: string; x: number[]; series: Series[]; most?: number }) {
  const box = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const element = box.current;
    if (!element || x.length === 0) return;
    const style = getComputedStyle(element);
    const of = (name: string) => style.getPropertyValue(name).trim();
    const axis = { stroke: of('--soft'), grid: { stroke: of('--line') }, ticks: { stroke: of('--line') } };
    const chart = new uPlot({
      title, width: element.clientWidth - 16, height: 220,
      axes: [{ ...axis, space: 90, values: (_chart, marks) => marks.map((mark) => moment(mark, x)) }, { ...axis, size: 60 }],
      scales: most === undefined ? {} : { y: { range: [0, most] } },
      series: [{ label: 'time', value: (_chart, mark) => (mark === null ? '–' : date(mark * 1e6)) }, ...series.map((each) => ({ label: each.label, stroke: of(each.colour), width: 2, points: { show: x.length < 60 } }))],
    }, [x, ...series.map((each) => each.values)], element);
    const resized = () => chart.setSize({ width: element.clientWidth - 16, height: 220 });
    addEventListener('resize', resized);
    return () => {
      removeEventListener('resize', resized);
      chart.destroy();
    };
  }, [title, x, series, most, theme]);
  return <div class="chart" ref={box} role="img" aria-label={title} />;
}
