import { Injectable } from '@angular/core';
import { items, pageNumber } from 'pagewise';
import { injectPaginate } from 'pagewise/angular';

export interface Order {
  id: number;
}

@Injectable({ providedIn: 'root' })
export class Orders {
  readonly #paginate = injectPaginate();

  readonly open$ = this.#paginate(
    { url: '/api/orders?state=open' },
    pageNumber<Order>({ size: 2, items: 'orders', total: 'total' }),
  ).pipe(items());
}
