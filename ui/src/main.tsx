// One bundle, two uses: a report of one run, whose data lies in the document, and `sluice ui`, which asks its server.
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { Dashboard } from './dashboard';
import type { PageData } from './data';
import { RunPage } from './run_page';
import { Theme } from './theme';

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
