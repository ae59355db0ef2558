import { table } from './table.mjs';

/** The measurements of a row, the cheapest first. */
export function rowTable(row, samples, nameOf) {
  const columns = row.columns.filter(({ of }) => samples.ids.some((id) => of(samples, id) !== ''));
  const first = (id) => samples.figure(id, samples.metrics[0]).median;
  const ids = [...samples.ids].sort((a, b) => first(a) - first(b));
  return table(
    ['', ...columns.map(({ title }) => title)],
    ids.map((id) => [nameOf(id, row.id), ...columns.map(({ of }) => of(samples, id))]),
  );
}
