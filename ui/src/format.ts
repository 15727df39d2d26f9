// The words for numbers, as the console says them.

export function duration(us: number): string {
  const ms = Math.round(us / 1000);
  if (ms < 1000) return `${ms} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} min`;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

export function date(us: number): string {
  return new Date(us / 1000).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}

export function day(us: number): string {
  return new Date(us / 1000).toISOString().slice(0, 10);
}

const k_safe = /^[%+,\-./0-9:=@A-Z_a-z]+$/;

export function repeatCommand(id: string): string {
  const pattern = /[ \t\n()&|"]/.test(id) ? `"${id.replace(/(["\\])/g, '\\$1')}"` : id;
  const word = `id(${pattern})`;
  return `sluice run --all --filter ${k_safe.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`}`;
}

export interface Compared { expected: string; actual: string }

// Expected and actual, where the framework's words give both.
export function compared(text: string): Compared | undefined {
  const which = [...text.matchAll(/Which is: (.*)/g)].map((match) => match[1] ?? '');
  if (/Expected equality of these values/.test(text)) {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('Expected equality of these values'));
    const values = lines.slice(at + 1, at + 5).filter((line) => /^\s{2,}/.test(line));
    if (which.length >= 2) return { expected: which[1]!, actual: which[0]! };
    if (values.length >= 2 && which.length === 1) {
      const plain = values.filter((line) => !line.includes('Which is:'));
      const first = values[1]?.includes('Which is:') ?? false;
      return first ? { actual: which[0]!, expected: (plain[1] ?? '').trim() } : { actual: (plain[0] ?? '').trim(), expected: which[0]! };
    }
    if (values.length >= 2) return { actual: values[0]!.trim(), expected: values[1]!.trim() };
  }
  const expected = /^\s*expected:?\s+(.+)$/im.exec(text)?.[1];
  const actual = /^\s*(?:actual|got|received):?\s+(.+)$/im.exec(text)?.[1];
  return expected !== undefined && actual !== undefined ? { expected, actual } : undefined;
}

// Lengths of the common beginning and end: what lies between is what differs.
export function difference(a: string, b: string): [number, number] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return [head, tail];
}
