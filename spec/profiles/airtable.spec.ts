import { describe, expect, it } from '@jest/globals';
import { PositionExpiredError } from 'pagewise';
import { airtable, checkAirtable } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/airtable.js';
import { json, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, atEverySize, serveExcept, walk } from './walk.js';

interface Task {
  id: string;
}
const tasks = (origin: string) => ({ url: `${origin}/v0/appABC/Tasks`, headers: { authorization: 'Bearer pat' } });

describe('the Airtable profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => airtable<Task>({ size: 5 }),
    request: tasks,
    number: ({ id }) => Number(id.slice(3)),
    requests: [1, 1, 1, 2, 3],
  });

  it('sends the offset as it came', async () => {
    const server = await serve(imitation.start(7));
    await walk(airtable({ size: 5 }), tasks(server.origin));
    expect(asked(server)).toEqual(['/v0/appABC/Tasks?pageSize=5', '/v0/appABC/Tasks?pageSize=5&offset=itrA%2Frec5']);
    expect(thrown(() => airtable({ size: 101 })).message).toContain('maximum of 100');
  });

  it('an iteration that the server has forgotten is an expired position', async () => {
    const error = { type: 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE', message: '' };
    const gone = await serveExcept(imitation, 1, (_seen, response) => json(response, { error }, 422));
    expect(await rejection(walk(airtable(), tasks(gone.origin)))).toBeInstanceOf(PositionExpiredError);
    expect(
      checkAirtable(answer({ error: 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE' }, 422), { cursor: 'x' }),
    ).toHaveProperty('expired');
    expect(checkAirtable(answer({ error }, 422), {})).toBeUndefined();
    expect(checkAirtable(answer({ error: { type: 'INVALID_OFFSET_VALUE' } }, 422), { cursor: 'x' })).toBeUndefined();
    expect(checkAirtable(answer('<html>', 502), {})).toBeUndefined();
  });

  it('waits 30 seconds after too many requests, or as long as Retry-After says', async () => {
    expect(checkAirtable(answer({}, 429), {})).toMatchObject({ throttled: true, afterMs: 30_000 });
    expect(checkAirtable(answer({}, 429, { 'retry-after': '1' }), {})).toBeUndefined();
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, {}, 429, { 'retry-after': '0' }),
    );
    expect(await walk(airtable(), tasks(limited.origin))).toHaveLength(250);
  });
});
