import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, serve } from '../support/server.js';
import { pagewise, repository, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

describe('invalid usage', () => {
  const url = 'URL';
  const cases: [args: string[], message: string][] = [
    [[], 'the URL is missing'],
    [[url, url], 'too many arguments'],
    [[url, '--sise', '3'], "unknown option '--sise' (Did you mean --size?); see pagewise help flags"],
    [[url, '--size'], "option '--size <N>' argument missing; give it a value"],
    [[url, '--size', '0'], "option '--size <N>' argument '0' is invalid. Give a whole number of at least 1."],
    [[url, '--start', '2'], "option '--start <N>' argument '2' is invalid. Give 0 or 1."],
    [[url, '--rate', '10/q'], "'10/q' is invalid. Give requests per time, like 10/s"],
    [[url, '--retries', '-1'], "option '--retries <N>' argument '-1' is invalid."],
    [[url, '--timeout', 'soon'], "'soon' is invalid. Give a time like 30s, 500ms"],
    [[url, '--max-pages', '0'], "option '--max-pages <N>' argument '0' is invalid."],
    [[url, '--max-items', '1.5'], "option '--max-items <N>' argument '1.5' is invalid."],
    [[url, '--paging', 'pages'], "argument 'pages' is invalid. Allowed choices are auto, page, offset, cursor"],
    [[url, '--paging', 'cursor'], '--paging cursor needs --next: the path of the token, or header:NAME'],
    [[url, '--paging', 'next-url'], '--paging next-url needs --next: the path of the URL'],
    [[url, '--paging', 'keyset'], '--paging keyset needs --key'],
    [[url, '--paging', 'keyset', '--key', 'id'], '--paging keyset needs --cursor-param'],
    [[url, '--paging', 'content-range'], '--paging content-range needs --size: how many items to request in a range'],
    [
      [url, '--paging', 'relay', '--items', 'a'],
      "--paging relay: give the connection's path, such as --connection data.repository.issues, or both --items and --next",
    ],
    [[url, '--paging', 'link', '--key', 'id'], '--key is for --paging keyset, not link'],
    [[url, '--paging', 'page', '--next', 'x'], '--next is for --paging cursor, next-url, relay, not page'],
    [
      [url, '--next', 'x'],
      '--next x: the path may lead to a token or a URL; add --paging cursor (and --cursor-param) for a token',
    ],
    [[url, '--cursor-param', 'x'], '--cursor-param needs the path of the token; add --next or --key'],
    [
      [url, '--paging', 'auto', '--page-param', 'p'],
      '--paging auto detects what --page-param would set; remove one of these flags',
    ],
    [[url, '--in', 'path'], '--in path needs the kind of paging; add one, such as --paging page'],
    [[url, '--end-statuses', '4x'], 'Give a whole number of at least 100.'],
    [[url, '--on-repeat', 'go'], "argument 'go' is invalid. Allowed choices are error, stop, allow."],
    [[url, '--key', 'a,,b'], 'Give names separated by commas, none of them empty.'],
    [[url, '--allow-origin', 'example.com'], '--allow-origin holds "example.com"; give origins like'],
    [[url, '-b', 'cookies.txt'], "-b cookies.txt: can't read the file (ENOENT); give cookies as 'a=1; b=2'"],
    [[url, '--url', url], 'the URL is given twice, by --url and as an argument; remove one of them'],
    [
      [url, '--paging', 'cursor', '--next', 'a', '--size', '1', '--size-param', 'cursor'],
      '--cursor-param and --size-param are both "cursor"',
    ],
    [['profile'], 'URL "profile" must begin with https:// or http:// (Did you mean profiles?)'],
    [['rn'], 'must begin with https:// or http:// (Did you mean run?)'],
    [['checkpoints', 'lst'], 'checkpoints lst (Did you mean list?): give one of list, show, delete'],
    [['help', 'pagin'], 'help pagin: there is no such topic (Did you mean paging?)'],
    [[url, '--profile', 'githb'], '(Did you mean github?)'],
    [[url, '--pagin', 'page'], "unknown option '--pagin' (Did you mean --paging?); see pagewise help flags"],
    [
      [url, '--on-repeat', 'stopp'],
      "argument 'stopp' is invalid. Allowed choices are error, stop, allow (Did you mean stop?).",
    ],
    [['api.example.com/items'], 'URL "api.example.com/items" must begin with https:// or http://'],
    [['http://'], 'is not a URL; give one like https://'],
    [['http://jo:pw@127.0.0.1/'], 'holds a user name or password; use -u USER:PASSWORD instead'],
    [[url, '-u', 'jo'], '-u needs USER:PASSWORD'],
    [[url, '-H', 'nothing'], "-H needs 'Name: value'"],
    [[url, '-X', 'GET', '-d', 'a=1'], "-X GET can't have a body; add --get"],
    [[url, '-X', 'G T'], 'method must be a name'],
    [[url, '-d', 'a', '--json', '{}'], '--json and -d both define the body; use only one of them'],
    [[url, '-G', '--json', '{}'], '--get with --json'],
    [[url, '-d', '@nowhere'], "-d @nowhere: can't read the file nowhere (ENOENT)"],
    [[url, '-H', '@nowhere'], "-H @nowhere: can't read"],
    [[url, '--resume-from', '@nowhere'], "--resume-from @nowhere: can't read"],
    [
      [url, '--json', '{}', '--paging', 'page'],
      'a JSON body needs --in, since paging parameters may go into the body or the query',
    ],
    [[url, '-d', '{"a":1}', '--paging', 'page'], '--in body:PATH (such as body:pagination), or --in query'],
    [
      [url, '-o', 'a.ndjson', '-o', 'a.csv'],
      '-o a.csv: -o a.ndjson is given already; remove one of them, or run the command twice',
    ],
    [[url, '--checkpoint', 'a', '--checkpoint', 'b'], '--checkpoint b: --checkpoint a is given already'],
    [[url, '-o', 'a.ndjson', '--output=a.ndjson'], '-o a.ndjson: -o a.ndjson is given already'],
    [[url, '--in', 'body'], '--in body: a GET request has no body; add -X POST'],
    [
      [url, '--in', 'header'],
      '--in header: give query, body, body:PATH, form, headers, path, variables, text:NAME=TEXT or template:JSON',
    ],
    [[url, '--json', '{}', '--in', 'body:'], '--in body: names no path'],
    [[url, '-d', 'a=1', '--in', 'body'], 'this body is not a JSON object; give a JSON object with --json or -d'],
    [[url, '--json', '[]', '--in', 'body'], 'this body is not a JSON object'],
    [[url, '--json', '{"p":1}', '--in', 'body:p'], 'parameters can only be written into a plain object'],
    [
      [url, '--size-param', 'n'],
      '--size-param n names the parameter of the page size, but there is no page size; add --size',
    ],
    [[url, '--paging', 'page', '--size', '3', '--size-param', 'page'], '--page-param and --size-param are both "page"'],
    [[url, '--items', 'a..b'], '--items "a..b" has an empty segment'],
    [[url, '--total', 'header:'], '--total header: names no header; give one like header:X-Total-Count'],
    [
      [url, '--profile', 'githb'],
      '--profile githb: there is no profile of this name (Did you mean github?); pagewise profiles lists them',
    ],
    [[url, '--profile', 'Git-Lab'], '(Did you mean gitlab?)'],
    [[url, '--profile', 'elastic-serach'], '(Did you mean elasticsearch?)'],
    [[url, '--profile', 'jira-serach'], '(Did you mean jira-search?)'],
    [[url, '--profile', 'nobody'], '--profile nobody: there is no profile of this name; pagewise profiles lists them'],
    [[url, '--profile', 'clarifai', '-X', 'PUT'], '--profile clarifai is for GET and POST requests, not PUT'],
    [[url, '--profile', 'clarifai', '--rel', 'next'], '--rel is for --paging link, not page'],
    [[url, '--profile', 'github', '--paging', 'auto'], '--profile github defines how to page; remove --paging auto'],
    [[url, '--profile', 'clarifai', '--size', '1001'], "--size 1001 is above the API's maximum of 1000"],
    [[url, '--profile', 'clarifai', '-d', 'a=1'], '--profile clarifai writes paging into the body'],
    [
      [url, '--resume-from', 'x'],
      '--resume-from: this is not a resume token, or it is damaged; give a token exactly as a run printed it',
    ],
    [[url, '--resume-from', '{"v":3}'], '--resume-from: the token was made by another version of pagewise'],
    [
      [url, '--concurrency', '0'],
      "option '--concurrency <N>' argument '0' is invalid. Give a whole number of at least 1.",
    ],
    [[url, '--prefetch', '-1'], "option '--prefetch <N>' argument '-1' is invalid. Give a whole number of at least 0."],
    [[url, '--format', 'xml'], "argument 'xml' is invalid. Allowed choices are ndjson, json, csv."],
    [[url, '--fields', 'a,,b'], 'Give names separated by commas, none of them empty.'],
    [[url, '--fields', 'a,b..c'], '--fields "b..c" has an empty segment'],
    [[url, '--fields', 'a,b..c', '--format', 'csv'], '"b..c" has an empty segment'],
    [[url, '--fields', '__proto__.a'], 'leads to a prototype'],
    [[url, '--fields', 'a,b,a'], '--fields names a twice; remove one of them'],
    [[url, '--distinct', 'a..b'], '--distinct "a..b" has an empty segment'],
    [
      [url, '--pages', '--format', 'csv'],
      '--pages with --format csv: a page is not a row of cells; use --format ndjson',
    ],
    [[url, '--pages', '-o', 'a.csv'], '--pages with --format csv'],
    [
      [url, '--checkpoint', 'a', '--resume-from', '{}'],
      '--checkpoint a resumes by itself; remove --resume-from or --checkpoint',
    ],
    [[url, '--checkpoint', 'a', '-o', 'a'], '--checkpoint and -o both name a; name two files'],
    [[url, '--checkpoint', 'a', '--format', 'json'], '--checkpoint with --format json needs -o FILE'],
    [[url, '--checkpoint', '.'], "--checkpoint .: can't open the file for writing (EISDIR)"],
    [[url, '--resume-from', '{}', '--format', 'csv'], '--resume-from with --format csv needs --fields'],
    [[url, '--resume-from', '{}', '-o', 'a.json'], '--resume-from with --format json: nothing can come after the end'],
    [[url, '-v', '-q'], '-v logs more and -q logs less; remove one of them'],
    [[url, '-s', '--progress'], '--progress with -q, which shows no progress; remove one of them'],
    [
      [url, '-H', 'A: $ENV{NOT_SET_HERE}'],
      '-H: the environment variable NOT_SET_HERE is not set; set it, or write $$ENV',
    ],
    [[url, '-u', 'a:$ENV{NOT_SET_HERE}'], '-u: the environment variable NOT_SET_HERE is not set'],
    [[url, '-b', 'a=$ENV{NOT_SET_HERE}'], '-b: the environment variable NOT_SET_HERE is not set'],
    ...['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((name): [string[], string] => [
      [url, '-H', `A: $ENV{${name}}`],
      `-H: the environment variable ${name} is not set`,
    ]),
    [[url, '-H', 'A: $ENV{}'], '-H: $ENV{…} needs the name of an environment variable, like $ENV{API_KEY}'],
    [[url, '--all'], '--all is for jobs of a file: pagewise run --all'],
    [[url, '--config', 'a'], '--config a is for jobs of a file: pagewise run JOB'],
    [['run'], 'run needs the name of a job, or --all'],
    [['run', 'a', '--all'], 'run --all runs all jobs in the file; remove the names or --all'],
    [['run', 'a'], 'can\'t read pagewise.config.json (ENOENT); create it with content like { "jobs":'],
    [
      ['help', 'pagign'],
      'help pagign: there is no such topic (Did you mean paging?); topics are flags, paging, sync, split, paths, jobs',
    ],
    [['profiles', 'git'], 'profiles takes no argument; filter its lines, as in pagewise profiles | grep git'],
    [['completion'], 'completion: give one of bash, zsh, fish'],
    [['completion', 'csh'], 'completion csh: give one of bash, zsh, fish'],
    [
      [url, '-o', '/dev/null/x'],
      "-o /dev/null/x: can't create the folder of this file (ENOTDIR); name a file in a folder that you can write",
    ],
  ];

  it.each(cases)('%j: exits with 2, says why, sends nothing', async (args, message) => {
    const server = await serve((_seen, response) => json(response, []));
    const given = args.map((arg) => (arg === url ? server.url : arg));
    const { code, stdout, stderr } = await pagewise(given, { cwd: temporaryFolder() });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^pagewise: .*\n$/);
    expect({ code, stdout, requests: server.seen.length }).toEqual({ code: 2, stdout: '', requests: 0 });
  });

  it('refuses the token of another query', async () => {
    const server = await serve((_seen, response) => json(response, [1]));
    const { token = '' } = await pagewise([`${server.url}?q=a`, '--paging', 'page', '--max-pages', '1']);
    const { code, stderr } = await pagewise([`${server.url}?q=b`, '--paging', 'page', '--resume-from', token]);
    expect(code).toBe(2);
    expect(stderr).toContain('--resume-from: the token was made with another URL');
    expect(server.seen).toHaveLength(1);
  });
});

describe('secrets', () => {
  const secret = 's3cr3t';
  const cases: string[][] = [
    ['URL', '-H', `Authorization: Key ${secret}`, '--progress', '--retries', '1'],
    ['URL', '-u', `jo:${secret}`],
    ['URL', '-H', `X-Custom: ${secret}`, '--json', `{"password":"${secret}"}`, '--in', 'body:p', '--retries', '0'],
    [`URL?api_key=${secret}`, '--retries', '0'],
    [`http://127.0.0.1:1/?q=${secret}`, '-H', `Authorization: Key ${secret}`, '--retries', '0'],
    [`http://jo:${secret}@127.0.0.1:1/`],
    ['URL', `--hedaer=Authorization: Key ${secret}`],
    ['URL', `-K${secret}`],
    ['URL', '-H', `Authorization ${secret}`],
    ['URL', '-H', `Authorization: Key ${secret}\u200b`],
    ['URL', '-H', 'Authorization:', 'Key', secret],
    [`Authorization: Key ${secret}`],
    ['URL', '-u', secret],
    ['URL', '-d', `password=${secret}`, '--in', 'body'],
    ['URL', '--json', `{"p":"${secret}"}`, '--in', 'body:p'],
    ['URL', '-G', '-d', `token=${secret}`, '--retries', '0'],
    ['URL', '--resume-from', `{"v":1,"position":"${secret}"}`],
  ];
  it.each(cases)('%j: shows no secret', async (...args) => {
    const server = await serve((_seen, response) => json(response, {}, 500));
    const { code, stdout, stderr } = await pagewise(args.map((arg) => arg.replace('URL', server.url)));
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(/^pagewise: /m);
    expect(stdout + stderr).not.toContain(secret);
    expect(stderr).not.toContain(btoa(`jo:${secret}`));
  });
});

describe('an empty environment variable', () => {
  it.each([
    ['-H', 'Authorization: Bearer $ENV{EMPTY_HERE}'],
    ['-u', 'jo:$ENV{EMPTY_HERE}'],
    ['-b', 'key=$ENV{EMPTY_HERE}'],
  ])('%s %s is refused before anything is sent: a secret is never empty', async (flag, value) => {
    const server = await serve((_seen, response) => json(response, []));
    const { code, stderr } = await pagewise([server.url, flag, value], { env: { EMPTY_HERE: '' } });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag}: the environment variable EMPTY_HERE is empty; set it`)]); // prettier-ignore
    expect(server.seen).toHaveLength(0);
  });
});

describe('--version', () => {
  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
    expect(await pagewise(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
