const short = (value) =>
  Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);

const spread = ({ median, min, max }) => `${short(median)} (${short(min)}–${short(max)})`;

/** A cost: its median, and the lowest and highest. */
export const cost = (title, metric) => ({
  title,
  of: (samples, id) => (samples.has(id, metric) ? spread(samples.figure(id, metric)) : ''),
});

/** How many per second. */
export const rate = (title) => ({
  title,
  of: (samples, id) => Math.round(1e6 / samples.figure(id, 'wall').median).toLocaleString('en-US'),
});

/** A cost as a multiple of another contender's, round by round. */
export const times = (title, metric, against) => ({
  title,
  of: (samples, id) => (samples.has(against, metric) ? spread(samples.ratio(id, against, metric)) : ''),
});

/** Speed as a multiple of another contender's. */
export const speed = (title, against) => ({
  title,
  of: (samples, id) => (samples.has(against, 'wall') ? short(1 / samples.ratio(id, against, 'wall').median) : ''),
});

/** How much more it costs than another contender, round by round. */
export const more = (title, metric, against) => ({
  title,
  of: (samples, id) => (samples.has(against, metric) ? spread(samples.difference(id, against, metric)) : ''),
});
