import { describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparison } from '../../lib/cli/jobs/compare-reports.js';
import { reportData, type ReportData } from '../../lib/node/run/report/report-data.js';
import { reportJson, reportText } from '../../lib/node/run/report/report-text.js';
import { RunRecord } from '../../lib/node/run/run-record.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

interface Known {
  readonly label?: string;
  readonly pages: number;
  /** Milliseconds. */
  readonly latency: number;
  readonly wait?: number;
  readonly reason?: 'retry' | 'throttle';
}

/** A walk of 10 items a page, with a wait after each. */
function walkOf({ label, pages, latency, wait = 0, reason = 'throttle' }: Known) {
  let now = 0;
  const record = new RunRecord(() => 1000, { clock: () => now });
  const request = { method: 'GET', url: 'https://a.example/' };
  for (let pageIndex = 0; pageIndex < pages; pageIndex++) {
    record.next({ type: 'request', pageIndex, attempt: 1 });
    now += latency;
    record.next({ type: 'response', pageIndex, attempt: 1, request, ms: latency, headMs: latency - 10, status: 200, bytes: 500 }); // prettier-ignore
    record.next({ type: 'page', pageIndex, items: 10, total: undefined });
    if (wait > 0) record.next({ type: 'wait', pageIndex, reason, ms: wait });
    now += wait;
  }
  record.next({ type: 'end', reason: 'last-page', pages, items: pages * 10, total: undefined, received: pages * 10 });
  return { label, record, about: {} };
}
const known = (...walks: readonly Known[]): ReportData => reportData(walks.map(walkOf), '1.2.3');

describe('pagewise report compare', () => {
  it('shows the figures of two runs side by side, and how much more the second has', () => {
    const [a, b] = [known({ pages: 10, latency: 100 }), known({ pages: 20, latency: 90, wait: 110 })];
    expect(comparison(['a.json', a], ['b.json', b]).join('\n')).toBe(
      `\
                           a.json     b.json  change
ended                   last-page  last-page
time                       1.00 s     4.00 s   +300%
pages                          10         20   +100%
items                         100        200   +100%
items/s                       100       50.0    −50%
requests                       10         20   +100%
requests/s                   10.0        5.0    −50%
retries                         0          0
skipped pages                   0          0
bytes                       5,000     10,000   +100%
latency, 50%               100 ms      90 ms    −10%
latency, 90%               100 ms      90 ms    −10%
latency, 99%               100 ms      90 ms    −10%
first byte, 50%             90 ms      80 ms    −11%
body, 50%                   10 ms      10 ms
requests in flight         1.00 s     1.80 s    +80%
waits for retries          0.0 ms     0.0 ms
waits for the throttle     0.0 ms     2.20 s     new
elsewhere                  0.0 ms     0.0 ms
answered 200                   10         20   +100%
The second took 3.00 s longer: 2.20 s more for waits for the throttle.`,
    );
  });

  it('compares walks of the same name, and names those that only one report has', () => {
    const a = known({ label: 'eu', pages: 1, latency: 100 }, { label: 'us', pages: 2, latency: 100 });
    const b = known({ label: 'us', pages: 3, latency: 100 }, { label: 'eu', pages: 1, latency: 100 }, { label: 'asia', pages: 1, latency: 50 }); // prettier-ignore
    const lines = comparison(['a', a], ['b', b]);
    expect(lines.filter((line) => /:$|^pages|^only/.test(line)).map((line) => line.replace(/ +/g, ' '))).toEqual([
      'eu:',
      'pages 1 1',
      'us:',
      'pages 2 3 +50%',
      'only in b: asia',
    ]);
    expect(lines).toContain('Both took about the same time.');
  });

  it('reads what --report wrote, JSON and HTML', async () => {
    const cwd = temporaryFolder();
    const report = known({ pages: 2, latency: 100 });
    writeFileSync(join(cwd, 'a.json'), [...reportJson(report)].join(''));
    writeFileSync(join(cwd, 'b.html'), [...reportText(report)].join(''));
    const { code, stdout } = await pagewise(['report', 'compare', 'a.json', 'b.html'], { cwd });
    expect([code, stdout]).toEqual([0, `${comparison(['a.json', report], ['b.html', report]).join('\n')}\n`]);
  });

  it.each<[args: readonly string[], message: string]>([
    [['compare', 'no.json', 'a.json'], "report compare: can't read no.json (ENOENT); give two files that --report wrote, such as run.json or run.html"],
    [['compare', 'a.json', 'x.html'], 'report compare: x.html is no report; give two files'],
    [['compare', 'a.json', 'null.json'], 'report compare: null.json is no report; give two files'],
    [['compare', 'a.json', 'v2.json'], "report compare: v2.json was written by Pagewise 9.0.0, whose reports this version can't read; use that version"],
    [['compare', 'a.json', 'empty.json'], 'report compare: empty.json has no walk'],
    [['compare', 'bad.json', 'a.json'], 'report compare: bad.json is damaged: figures are missing; write the report again'],
    [['compare', 'a.json'], 'report: give two files that --report wrote, as in pagewise report compare before.json after.json'],
    [['show', 'a.json'], 'report show: give two files that --report wrote'],
    [[], 'report: give two files that --report wrote'],
  ])('refuses %j', async (args, message) => {
    const cwd = temporaryFolder();
    const report = known({ pages: 1, latency: 100 });
    writeFileSync(join(cwd, 'a.json'), [...reportJson(report)].join(''));
    writeFileSync(join(cwd, 'x.html'), '<p>hello</p>');
    writeFileSync(join(cwd, 'null.json'), 'null');
    writeFileSync(join(cwd, 'v2.json'), JSON.stringify({ ...report, v: 2, version: '9.0.0' }));
    writeFileSync(join(cwd, 'bad.json'), JSON.stringify({ ...report, runs: [{}] }));
    writeFileSync(join(cwd, 'empty.json'), JSON.stringify({ ...report, runs: [] }));
    const { code, stderr } = await pagewise(['report', ...args], { cwd });
    expect(stderr).toContain(`pagewise: ${message}`);
    expect(code).toBe(2);
  }); // prettier-ignore
});
