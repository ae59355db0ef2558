/** Texts by number: thousands of attempts have the same URL, and fail with the same few errors. */
export class Names<T> {
  readonly all: T[] = [];
  readonly #known = new Map<string, number>();

  /** @param most different ones; what comes after counts as the last */
  constructor(private readonly most: number) {}

  of(key: string, value: T): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.all.length === this.most) return this.most - 1;
    this.#known.set(key, this.all.length);
    return this.all.push(value) - 1;
  }
}
