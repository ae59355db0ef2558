const middle = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
};

const spread = (values) => ({ median: middle(values), min: Math.min(...values), max: Math.max(...values) });

/** Of several runs: the median of their medians, and the lowest and highest of them. Of one run: that of its rounds. */
const ofRuns = (runs) => spread(runs.length === 1 ? runs[0] : runs.map(middle));

/** What was measured in one row: the cost of each contender in each round of each run. */
export class Samples {
  #costs = new Map();

  add(id, run, cost) {
    const runs = this.#costs.get(id) ?? [];
    this.#costs.set(id, runs);
    (runs[run] ??= []).push(cost);
  }

  get ids() {
    return [...this.#costs.keys()];
  }

  /** The measures of each, the first of them the one to compare by. */
  get metrics() {
    return Object.keys([...this.#costs.values()][0][0][0]);
  }

  has(id, metric) {
    return this.#costs.get(id)?.[0]?.[0]?.[metric] !== undefined;
  }

  figure(id, metric) {
    return ofRuns(this.#costs.get(id).map((rounds) => rounds.map((cost) => cost[metric])));
  }

  /** One contender's cost divided by another's, round by round. */
  ratio(id, against, metric) {
    const other = this.#costs.get(against);
    return ofRuns(
      this.#costs.get(id).map((rounds, run) => rounds.map((cost, round) => cost[metric] / other[run][round][metric])),
    );
  }

  /** How much more one contender costs than another, round by round. */
  difference(id, against, metric) {
    const other = this.#costs.get(against);
    return ofRuns(
      this.#costs.get(id).map((rounds, run) => rounds.map((cost, round) => cost[metric] - other[run][round][metric])),
    );
  }
}
