import { request } from 'undici';

const headers = { accept: 'application/json' };

/** Eight loops that share the page numbers, which are known. */
async function ahead({ url, pages, size, take }) {
  let page = 1;
  const loop = async () => {
    while (page <= pages) {
      const { body } = await request(`${url}?page=${page++}&per_page=${size}`, { headers });
      take((await body.json()).items);
    }
  };
  await Promise.all(Array.from({ length: 8 }, loop));
}

export default { name: 'undici `request`, 8 in flight, by hand', walks: { ahead } };
