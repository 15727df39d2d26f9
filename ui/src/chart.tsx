// A line for each series over time, drawn by uPlot. Who cannot see it has the table that stands below each chart.
import uPlot from 'uplot';
import { useEffect, useRef } from 'preact/hooks';
import { useTheme } from './theme';

export interface Series { label: string; values: (number | null)[]; colour: string }

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
      title, width: element.clientWidth - 16, height: 220, axes: [axis, { ...axis, size: 60 }],
      scales: most === undefined ? {} : { y: { range: [0, most] } },
      series: [{}, ...series.map((each) => ({ label: each.label, stroke: of(each.colour), width: 2, points: { show: x.length < 60 } }))],
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
