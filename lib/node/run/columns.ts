type Column = Float64Array | Uint32Array | Uint16Array;
type Kind = Float64ArrayConstructor | Uint32ArrayConstructor | Uint16ArrayConstructor;

/** Rows of numbers, stored by column; storage doubles when full. A row takes about 40 bytes; an object, 200. */
export class Columns<Name extends string> {
  readonly #columns: Record<Name, Column>;
  readonly #names: readonly Name[];
  #length = 0;
  #room = 64;

  constructor(kinds: Readonly<Record<Name, Kind>>) {
    this.#names = Object.keys(kinds) as Name[];
    this.#columns = Object.fromEntries(this.#names.map((name) => [name, new kinds[name](this.#room)])) as Record<
      Name,
      Column
    >;
  }

  get length(): number {
    return this.#length;
  }

  /** @returns the index of the new row */
  add(row: Readonly<Record<Name, number>>): number {
    if (this.#length === this.#room) this.#grow();
    const at = this.#length++;
    for (const name of this.#names) this.#columns[name][at] = row[name];
    return at;
  }

  get(name: Name, row: number): number {
    return this.#columns[name][row] ?? 0;
  }

  set(name: Name, row: number, value: number): void {
    this.#columns[name][row] = value;
  }

  /** The values of one column. */
  column(name: Name): number[] {
    return Array.from(this.#columns[name].subarray(0, this.#length));
  }

  #grow(): void {
    this.#room *= 2;
    for (const name of this.#names) {
      const old = this.#columns[name];
      const grown = new (old.constructor as Kind)(this.#room);
      grown.set(old);
      this.#columns[name] = grown;
    }
  }
}

/** Gives equal values the same number: thousands of attempts share one URL and a few errors. */
export class Names<T> {
  readonly all: T[] = [];
  readonly #known = new Map<string, number>();

  /** @param most maximum number of different values; further ones count as the last */
  constructor(private readonly most: number) {}

  of(key: string, value: T): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.all.length === this.most) return this.most - 1;
    this.#known.set(key, this.all.length);
    return this.all.push(value) - 1;
  }
}
