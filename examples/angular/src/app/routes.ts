import type { Routes } from '@angular/router';

const shelf = () => import('./shelf').then(({ Shelf }) => Shelf);

/** The first three show one component with three APIs: one that works, one that is rate limited, one that fails. */
export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: 'Browse · Books',
    loadComponent: shelf,
    data: {
      url: '/api/books',
      heading: 'Browse',
      lead: 'The next page is requested when the end of the list becomes visible.',
    },
  },
  {
    path: 'busy',
    title: 'Rate limit · Books',
    loadComponent: shelf,
    data: {
      url: '/api/busy',
      heading: 'Rate limit',
      lead: 'This API answers 429 to too many requests. The list waits as long as the API asks, and shows how long.',
    },
  },
  {
    path: 'outage',
    title: 'Outage · Books',
    loadComponent: shelf,
    data: {
      url: '/api/outage',
      heading: 'Outage',
      lead: 'This API fails at page 3. The loaded books stay, and the list continues from there.',
    },
  },
  {
    path: 'search',
    title: 'Search · Books',
    loadComponent: () => import('./search').then(({ Search }) => Search),
  },
  {
    path: 'all',
    title: 'All · Books',
    loadComponent: () => import('./all-books').then(({ AllBooks }) => AllBooks),
  },
  { path: '**', redirectTo: '' },
];
