// read_with_node.mjs PACKAGES FOLDER...: what xml2js, fast-xml-parser, junit-to-ctrf, ctrf and tap-parser make of the
// reports in each folder, against expected.json. One line for each disagreement; exit code 1 if there is one.
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, ...folders] = process.argv.slice(2);
const require = createRequire(pathToFileURL(resolve(packages, 'package.json')));
// The exports of a CommonJS package stand in its default one.
const load = async (name) => {
  const module = await import(pathToFileURL(require.resolve(name)));
  return module.default ? { ...module.default, ...module } : module;
};
const asArray = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

const statusOf = (element) =>
  'failure' in element || 'error' in element ? 'failed' : 'skipped' in element ? 'skipped' : 'passed';

const { parseStringPromise } = await load('xml2js');
const { XMLParser, XMLValidator } = await load('fast-xml-parser');
const ctrf = await load('ctrf');
const { Parser: TapParser } = await load('tap-parser');

async function withXml2js(xml) {
  const root = await parseStringPromise(xml);
  return asArray(root.testsuites.testsuite).flatMap((suite) => asArray(suite.testcase).map(statusOf));
}

function withFastXmlParser(xml) {
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw new Error(valid.err.msg);
  const root = new XMLParser({ ignoreAttributes: false, htmlEntities: false, processEntities: false }).parse(xml);
  return asArray(root.testsuites.testsuite).flatMap((suite) =>
    asArray(suite.testcase).map((element) => statusOf(typeof element === 'object' ? element : {})));
}

function withCtrf(text) {
  const report = JSON.parse(text);
  const result = ctrf.validate(report);
  if (result && result.valid === false) throw new Error(JSON.stringify(result.errors));
  ctrf.validateStrict(report);
  return report.results.tests.map((test) => test.status);
}

function withTapParser(text) {
  const statuses = [];
  const parser = new TapParser();
  parser.on('assert', (result) => statuses.push(result.skip || (result.todo && !result.ok) ? 'skipped' : result.ok ? 'passed' : 'failed'));
  const problems = [];
  parser.on('extra', (line) => problems.push(line));
  parser.end(text);
  if (problems.length > 0) throw new Error(`lines that are no TAP: ${JSON.stringify(problems[0])}`);
  return statuses;
}

async function withJunitToCtrf(file) {
  const { convertJUnitToCTRFReport } = await load('junit-to-ctrf');
  const report = await convertJUnitToCTRFReport(file, {});
  return report.results.tests.map((test) => test.status);
}

let disagreements = 0;
async function check(folder, reader, expected, read) {
  let seen;
  try {
    seen = await read();
  } catch (error) {
    seen = `cannot read it: ${error.message.slice(0, 500)}`;
  }
  if (JSON.stringify(seen) === JSON.stringify(expected)) return;
  disagreements += 1;
  console.log(`${folder}: ${reader}: ${JSON.stringify(seen).slice(0, 300)} instead of ${JSON.stringify(expected).slice(0, 300)}`);
}

for (const folder of folders) {
  const text = (name) => readFileSync(join(folder, name), 'utf8');
  const expected = JSON.parse(text('expected.json'));
  for (const junit of ['junit.xml', 'junit-strict.xml']) {
    await check(folder, `xml2js, ${junit}`, expected, () => withXml2js(text(junit)));
    await check(folder, `fast-xml-parser, ${junit}`, expected, () => withFastXmlParser(text(junit)));
    await check(folder, `junit-to-ctrf, ${junit}`, expected, () => withJunitToCtrf(join(folder, junit)));
  }
  await check(folder, 'ctrf', expected, () => withCtrf(text('ctrf.json')));
  for (const tap of ['tap13.tap', 'tap14.tap'])
    await check(folder, `tap-parser, ${tap}`, expected, () => withTapParser(text(tap)));
  for (const json of ['sarif.sarif', 'otlp.otlp.json', 'trace.trace.json', 'gitlab.json'])
    if (existsSync(join(folder, json))) JSON.parse(text(json));
}
console.log(`node: ${folders.length} folders, ${disagreements} disagreements`);
process.exit(disagreements > 0 ? 1 : 0);
