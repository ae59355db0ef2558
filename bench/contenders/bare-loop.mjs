/** The lower bound: the pages are in memory, and a loop takes them. */
export default {
  name: 'a bare loop',
  walks: {
    async memory({ source, take }) {
      for (let page = 1, more = true; more; page++) {
        const body = await source(page);
        take(body.items);
        more = body.has_more;
      }
    },
    sync({ source, take }) {
      for (let page = 1, more = true; more; page++) {
        const body = source(page);
        take(body.items);
        more = body.has_more;
      }
    },
    items({ list, takeItem }) {
      for (const page of list) for (const item of page.items) takeItem(item);
    },
  },
};
