// One bundle, two uses: a report of one run, whose data lies in the document, and `sluice ui`, which asks its server.
import { render } from 'preact';
import { useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { Dashboard } from './dashboard';
import type { PageData } from './data';
import { RunPage } from './run_page';

function Theme() {
  const [theme, set] = useState('');
  const next = { '': 'dark', dark: 'light', light: '' }[theme] ?? '';
  const change = () => {
    if (next === '') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    set(next);
  };
  return <button type="button" onClick={change}>Theme: {theme === '' ? 'as the system' : theme}</button>;
}

function App({ data }: { data: PageData | null }) {
  return (
    <>
      <div class="top"><strong>Sluice</strong> {data && <span>run {data.run.id}</span>}<span class="space" /><Theme /></div>
      {data ? <RunPage data={data} /> : <Dashboard />}
    </>
  );
}

const data = JSON.parse(document.getElementById('sluice-data')?.textContent ?? 'null') as PageData | null;
if (data) document.title = `${data.run.finished ? data.verdict.status : 'NOT COMPLETED'} - Sluice`;
render(<App data={data} />, document.getElementById('app')!);
