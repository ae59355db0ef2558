import ky from 'ky';
import { loops } from '../harness/loops.mjs';

const send = async (url, json) => {
  const response = await (json === undefined ? ky(url) : ky.post(url, { json }));
  return { body: await response.json(), link: response.headers.get('link') };
};

export default { name: 'ky, a bare loop', walks: loops(send) };
