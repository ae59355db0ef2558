import { from, mergeMap } from 'rxjs';

export default {
  name: 'rxjs `mergeMap(page => page.items)`',
  walks: {
    items: ({ list, takeItem }) =>
      from(list)
        .pipe(mergeMap(({ items }) => items))
        .forEach(takeItem),
  },
};
