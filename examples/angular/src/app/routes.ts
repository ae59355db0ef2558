import type { Routes } from '@angular/router';

const shelf = () => import('./shelf').then(({ Shelf }) => Shelf);

export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: 'Browse · Books',
    loadComponent: shelf,
    data: {
      url: '/api/books',
      heading: 'Browse',
      lead: 'The next page is requested when the end of the list becomes visible. Leave, come Back, and it is as it was.',
    },
  },
  {
    path: 'pages',
    title: 'Pages · Books',
    loadComponent: () => import('./pager').then(({ Pager }) => Pager),
  },
  {
    path: 'all',
    title: 'All · Books',
    loadComponent: () => import('./all-books').then(({ AllBooks }) => AllBooks),
  },
  {
    path: 'search',
    title: 'Search · Books',
    loadComponent: () => import('./search').then(({ Search }) => Search),
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
    loadComponent: () => import('./outage').then(({ Outage }) => Outage),
  },
  { path: '**', redirectTo: '' },
];
