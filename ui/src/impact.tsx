// The impact as a picture: changed files, what is built of them, programs, tests. Laid out by dagre. Tests of a program are
// one node until it is opened, and files beyond a screenful are one as well: 2,000 nodes at once would tell nobody anything.
import dagre from '@dagrejs/dagre';
import { useMemo } from 'preact/hooks';
import { link, useAddress } from './address';
import { pathOf, type PageData, type Test } from './data';
import { counted } from './format';

const k_height = 28;
const k_smallest = 0.7; // a picture that is wider than the page is made smaller down to this, and scrolls beyond it
const k_opened = 60; // tests shown of an opened program
const k_nodes = 160; // more steps of one depth than a screen holds are folded

interface Node { key: string; words: string; kind: 'file' | 'step' | 'tests' | 'test' | 'more'; red: number; href?: string; x: number; y: number; width: number }
interface Picture { nodes: Node[]; edges: { from: Node; to: Node; via: string }[]; width: number; height: number; folded: number }

function shortened(name: string): string {
  return name.length <= 44 ? name : `…${name.slice(name.length - 43)}`;
}

// The names on each path, made once: fifty thousand tests are asked about them with each key.
const k_path_words = new WeakMap<PageData, string[]>();

function pathWords(data: PageData): string[] {
  const known = k_path_words.get(data) ?? data.paths.map((path) => path.map(([name]) => data.strings[name] ?? '').join('\n').toLowerCase());
  k_path_words.set(data, known);
  return known;
}

// The words all stand in a test's id, suite or file, or in a step of its path.
function isAbout(data: PageData, test: Test, words: string[]): boolean {
  return words.every((word) => test.haystack.includes(word) || (pathWords(data)[test.path] ?? '').includes(word));
}

// `opened` are programs whose tests are shown one by one.
export function pictureOf(data: PageData, tests: Test[], query: string, opened: Set<string>, toggle: (program: string) => string): Picture {
  const graph = new dagre.graphlib.Graph().setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 70, ranker: 'longest-path' });
  graph.setDefaultEdgeLabel(() => ({}));
  const nodes = new Map<string, Node>();
  const edges = new Map<string, { from: string; to: string; via: string }>();
  let folded = 0;
  const node = (key: string, words: string, kind: Node['kind'], href?: string): Node => {
    let known = nodes.get(key);
    if (!known) {
      known = { key, words: shortened(words), kind, red: 0, href, x: 0, y: 0, width: 0 };
      nodes.set(key, known);
    }
    return known;
  };
  const byProgram = new Map<string, Test[]>();
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const reached = tests.filter((test) => test.path >= 0 && test.status !== 'left-out' && test.status !== 'reused' && isAbout(data, test, words));
  for (const test of reached) {
    const list = byProgram.get(test.program) ?? [];
    byProgram.set(test.program, list);
    list.push(test);
  }
  const seen = new Set<string>();
  const total = (kind: Node['kind']) => [...nodes.values()].filter((each) => each.kind === kind).length;
  for (const [program, list] of byProgram) {
    const end = `tests:${program}`;
    const paths = new Map(list.map((test) => [test.path, test]));
    for (const test of paths.values()) {
      let steps = pathOf(data, test).slice(0, -1);
      const last = steps[steps.length - 1]?.name ?? '';
      if (steps.length > 1 && (last === program || last.endsWith(`/${program}`))) steps = steps.slice(0, -1); // the group stands for it
      let before = '';
      steps.forEach((step, at) => {
        const kind = at === 0 ? 'file' : 'step';
        let key = `${kind}:${step.name}`;
        if (!seen.has(key)) {
          if (total(kind) >= k_nodes / 2) {
            folded += 1;
            key = `more:${at}`;
            node(key, 'more', 'more');
          } else node(key, step.name, kind);
          seen.add(key);
        }
        if (before !== '' && before !== key) edges.set(`${before}\n${key}`, { from: before, to: key, via: steps[at - 1]!.via });
        before = key;
      });
      if (before !== '') edges.set(`${before}\n${end}`, { from: before, to: end, via: steps[steps.length - 1]!.via });
    }
    const group = node(end, `${program || 'tests'}: ${counted(list.length, 'test')}`, 'tests', toggle(program));
    group.red = list.filter((test) => test.status === 'red' || test.status === 'alone').length;
    if (!opened.has(program)) continue;
    list.slice(0, k_opened).forEach((test) => {
      const leaf = node(`test:${test.id}`, test.name || test.id, 'test', link({ tab: 'tests', test: test.id }));
      leaf.red = test.status === 'red' || test.status === 'alone' ? 1 : 0;
      edges.set(`${end}\n${test.id}`, { from: end, to: leaf.key, via: '' });
    });
    folded += Math.max(0, list.length - k_opened);
  }
  for (const each of nodes.values()) {
    each.width = 24 + each.words.length * 7.2;
    graph.setNode(each.key, { width: each.width, height: k_height });
  }
  for (const edge of edges.values()) graph.setEdge(edge.from, edge.to);
  dagre.layout(graph);
  for (const each of nodes.values()) {
    const placed = graph.node(each.key);
    each.x = placed.x - each.width / 2;
    each.y = placed.y - k_height / 2;
  }
  const size = graph.graph();
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()].map((edge) => ({ from: nodes.get(edge.from)!, to: nodes.get(edge.to)!, via: edge.via })),
    width: (size.width ?? 100) + 20, height: (size.height ?? 100) + 20, folded,
  };
}

export function Impact({ data, tests }: { data: PageData; tests: Test[] }) {
  const [address, change] = useAddress();
  const query = address.q ?? '';
  const open = address.open ?? '';
  const picture = useMemo(() => {
    const opened = new Set(open.split('\n').filter((word) => word !== ''));
    return pictureOf(data, tests, query, opened, (program) => {
      const now = new Set(opened);
      if (!now.delete(program)) now.add(program);
      return link({ ...address, tab: 'impact', open: [...now].join('\n') });
    });
  }, [data, tests, query, open]);
  if (picture.nodes.length === 0 && query === '')
    return <p class="empty">No test ran because a changed file reaches it{data.counts.selected > 0 ? '; the causes stand at each test' : ''}.</p>;
  return (
    <div class="impact">
      <div class="filters" role="search">
        <input type="search" value={query} placeholder="Only what has to do with…" aria-label="Filter the impact"
          onInput={(event) => change({ q: event.currentTarget.value }, 'replace')} />
      </div>
      <p>
        The change reaches {data.blast.tests.toLocaleString('en')} of {counted(data.blast.allTests, 'test')} by {data.blast.files} of {counted(data.blast.allFiles, 'file')}.
        Choose a program to see its tests.{picture.folded > 0 && ` ${counted(picture.folded, 'node')} not drawn: filter by a file, a program or a test to see them.`}
      </p>
      <div class="picture" tabIndex={0} role="region" aria-label="From changed files to tests">
        <svg viewBox={`0 0 ${picture.width} ${picture.height}`} width={picture.width} height={picture.height} style={{ minWidth: `${Math.round(picture.width * k_smallest)}px` }}>
          {picture.edges.map((edge) => {
            const x1 = edge.from.x + edge.from.width, y1 = edge.from.y + k_height / 2;
            const x2 = edge.to.x, y2 = edge.to.y + k_height / 2, middle = (x1 + x2) / 2;
            return <path key={`${edge.from.key}>${edge.to.key}`} class="edge" d={`M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`}><title>{edge.via}</title></path>;
          })}
          {picture.nodes.map((each) => {
            const box = (
              <g class={`node ${each.kind} ${each.red > 0 ? 'red' : ''}`} transform={`translate(${each.x},${each.y})`}>
                <rect width={each.width} height={k_height} rx="5" />
                <text x="12" y="18">{each.words}</text>
              </g>
            );
            return each.href ? <a key={each.key} href={each.href} aria-label={`${each.words}${each.red ? `, ${each.red} red` : ''}`}>{box}</a> : <g key={each.key}>{box}</g>;
          })}
        </svg>
      </div>
    </div>
  );
}
