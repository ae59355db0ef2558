// Each row of the table in docs/apis/README.md, as code and as flags. The command runs within this process.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import ts from 'typescript';
import * as pagewise from 'pagewise';
import { fetchTransport, items, paginate, retryRequests, type Check, type Decode, type Strategy } from 'pagewise';
import { decodeXml } from 'pagewise/xml';
import { run } from '../../lib/cli/run.js';
import { serve } from '../support/server.js';
import { shapes } from './imitations.js';
import { askedOf, type Shape } from './shape.js';
import { readRows, type Row, wordsOf } from './table.js';

afterEach(() => void jest.restoreAllMocks());

/** None, one, a page, a page and one, and three pages. */
const counts = [0, 1, 100, 101, 250];

const rows = readRows();
const known = rows.flatMap((row) => {
  const shape = shapes[row.shape];
  return shape === undefined ? [] : [[row.shape, row, shape] as const];
});

describe('the table of shapes', () => {
  it('has a server for each row, and a row for each server', () => {
    expect(rows.map(({ shape }) => shape).sort()).toEqual(Object.keys(shapes).sort());
  });

  it('says why where a row has no flags', () => {
    for (const { flags, why } of rows) expect(flags ?? why).toMatch(/^--|^none: /);
  });
});

describe.each(known)('%s', (_name, row, shape) => {
  it('in code', async () => {
    for (const count of counts) {
      const { all, expected, request } = await start(shape, count);
      const { strategy, check, decode } = evaluated(row);
      const transport = fetchTransport({ ...(decode && { decode }) });
      const walk = paginate(request, strategy, { transport, policy: retryRequests({ retries: 0 }), ...(check && { check }) }); // prettier-ignore
      const found = await lastValueFrom(walk.pipe(items(), toArray()));
      expect({ count, found: inOrder(found) }).toEqual({ count, found: inOrder(expected(all)) });
    }
  });

  if (row.flags !== undefined)
    it('in flags', async () => {
      for (const count of counts) {
        const { all, expected, request } = await start(shape, count);
        const { code, stdout, stderr } = await pagewiseIn([...wordsOf(row.flags!), ...flagsOf(request), request.url]);
        expect({ count, code, stderr: code === 0 ? '' : stderr }).toEqual({ count, code: 0, stderr: '' });
        const found = stdout.split('\n').slice(0, -1).map((line) => JSON.parse(line) as unknown); // prettier-ignore
        expect({ count, found: inOrder(found) }).toEqual({ count, found: inOrder(expected(all)) });
      }
    });
});

/** Lists that are read one after the other have an order of their own. */
const inOrder = (found: readonly unknown[]): readonly string[] => found.map((item) => JSON.stringify(item)).sort();

async function start({ request = {}, item = (n) => ({ id: `i${n}` }), delivered = (each) => each, answer }: Shape, count: number) {
  const all = Array.from({ length: count }, (_, n) => item(n));
  const server = await serve((seen, response) => {
    try {
      const { body, status = 200, headers = {} } = answer(askedOf(seen, server.origin), all);
      const isXml = typeof body === 'string';
      response.writeHead(status, { 'content-type': isXml ? 'application/xml' : 'application/json', ...headers });
      response.end(isXml ? body : JSON.stringify(body));
    } catch (error) {
      response.writeHead(422, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: String(error) }));
    }
  });
  const expected = (each: readonly unknown[]) => each.map(delivered);
  return { all, expected, request: { ...request, url: server.origin + (request.url ?? '/items') } };
} // prettier-ignore

interface Evaluated {
  readonly strategy: Strategy;
  readonly check?: Check;
  readonly decode?: Decode;
}

/** The options cell with the exports of the library. */
function evaluated({ strategy, others }: Row): Evaluated {
  const { outputText } = ts.transpileModule(`return { strategy: ${strategy}${others === '' ? '' : `, ${others}`} };`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  const names = { ...pagewise, decodeXml };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code is that of the docs
  const make = new Function(...Object.keys(names), outputText) as (...values: readonly unknown[]) => Evaluated;
  return make(...Object.values(names));
}

const flagsOf = ({ method, body }: pagewise.PageRequest): readonly string[] => [
  ...(method === undefined ? [] : ['-X', method]),
  ...(body === undefined ? [] : ['--json', JSON.stringify(body)]),
];

async function pagewiseIn(args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') =>
    jest.spyOn(process[name], 'write').mockImplementation(((data: string | Uint8Array, done?: () => void) => {
      written[name] += Buffer.from(data as string).toString();
      done?.();
      return true;
    }) as never);
  const spies = [into('stdout'), into('stderr')];
  try {
    return { code: await run([...args, '--retries', '0', '-q']), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
