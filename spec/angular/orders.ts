import { Injectable } from '@angular/core';
import { items, pageNumber } from 'pagewise';
import { injectPaginate, pagedResource } from 'pagewise/angular';

export interface Order {
  id: number;
}
const strategy = pageNumber<Order>({ size: 2, items: 'orders', total: 'total' });

@Injectable({ providedIn: 'root' })
export class Orders {
  readonly #paginate = injectPaginate();

  readonly open$ = this.#paginate({ url: '/api/orders?state=open' }, strategy).pipe(items());

  /** For a field of a component, with which it ends: `readonly orders = inject(Orders).listOf(this.state);` */
  listOf(state: () => string) {
    return pagedResource(() => ({ request: { url: `/api/orders?state=${state()}` }, strategy }));
  }
}
