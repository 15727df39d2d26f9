// A list of rows of one height, of which only those in sight are in the document. Arrow keys move the choice.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const k_row = 34;
const k_beyond = 12; // rows above and below what is in sight
const k_printed = 2000;

// On paper all rows are wanted, and nothing scrolls.
export function usePrinting(): boolean {
  const [printing, set] = useState(false);
  useEffect(() => {
    const media = matchMedia('print');
    const changed = () => set(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  return printing;
}

interface Props<T> {
  rows: T[];
  label: string;
  chosen: number; // -1: none
  onChoose: (at: number) => void;
  row: (row: T) => ComponentChildren;
  rowKey: (row: T) => string | number;
}

export function List<T>({ rows, label, chosen, onChoose, row, rowKey }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const printing = usePrinting();

  useLayoutEffect(() => {
    const measure = () => setHeight(box.current?.clientHeight ?? 600);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element || chosen < 0) return;
    const y = chosen * k_row;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + k_row > element.scrollTop + element.clientHeight) element.scrollTop = y + k_row - element.clientHeight;
  }, [chosen]);

  const first = printing ? 0 : Math.max(0, Math.floor(top / k_row) - k_beyond);
  const last = printing ? Math.min(rows.length, k_printed) : Math.min(rows.length, Math.ceil((top + height) / k_row) + k_beyond);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -rows.length, End: rows.length }[event.key];
    if (step === undefined || rows.length === 0) return;
    event.preventDefault();
    onChoose(Math.min(rows.length - 1, Math.max(0, chosen + step)));
  };
  return (
    <div class="list" ref={box} tabIndex={0} role="listbox" aria-label={label} onKeyDown={onKeyDown}
      aria-activedescendant={chosen >= first && chosen < last ? `row-${chosen}` : undefined}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      <div class="list-all" style={{ height: printing ? 'auto' : `${rows.length * k_row}px` }} role="presentation">
        {rows.slice(first, last).map((each, at) => (
          <div key={rowKey(each)} id={`row-${first + at}`} class="row" role="option" aria-selected={first + at === chosen}
            aria-setsize={rows.length} aria-posinset={first + at + 1}
            style={printing ? undefined : { transform: `translateY(${(first + at) * k_row}px)` }}
            onClick={() => onChoose(first + at)}>
            {row(each)}
          </div>
        ))}
      </div>
    </div>
  );
}
