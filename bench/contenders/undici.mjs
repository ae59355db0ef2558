import { request } from 'undici';
import { loops } from '../harness/loops.mjs';

const headers = { accept: 'application/json' };
const postHeaders = { ...headers, 'content-type': 'application/json' };

const send = async (url, body) => {
  const answer = await request(
    url,
    body === undefined ? { headers } : { method: 'POST', headers: postHeaders, body: JSON.stringify(body) },
  );
  return { body: await answer.body.json(), link: answer.headers.link };
};

export default { name: 'undici `request`, a bare loop', walks: loops(send) };
