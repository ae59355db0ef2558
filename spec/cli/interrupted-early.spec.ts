import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { numbered, serve, until } from '../support/server.js';
import { startPagewise, temporaryFolder } from './pagewise.js';

it('an interrupt while the output is being opened counts: exit code 130, and nothing is written', async () => {
  const server = await serve(numbered(45));
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const running = startPagewise(['-o', pipe, server.url]);
  // It reports how the API pages, then waits for a reader of the pipe.
  await until('the paging is detected', () => running.stderr().includes('--paging page'));
  const asked = server.seen.length;
  running.child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const reader = await open(pipe, 'r');
  const { code, stderr } = await running.ended;
  expect({ code, text: await reader.readFile('utf8') }).toEqual({ code: 130, text: '' });
  await reader.close();
  expect(stderr).toContain('pagewise: interrupted');
  expect(server.seen).toHaveLength(asked);
});
