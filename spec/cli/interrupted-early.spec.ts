import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { numbered, serve, until } from '../support/server.js';
import { startPagewise, temporaryFolder } from './pagewise.js';

it('H3 an interrupt while the output is being opened ends the run: exit code 130, and nothing is written', async () => {
  const server = await serve(numbered(45));
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const running = startPagewise(['-o', pipe, server.url]);
  // It reports how the API pages, then waits for a reader of the pipe.
  await until('it waits', () => running.stderr().includes('waiting for its reader'));
  expect(running.stderr()).toContain('--paging page');
  const asked = server.seen.length;
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('pagewise: interrupted');
  expect(server.seen).toHaveLength(asked);
});
