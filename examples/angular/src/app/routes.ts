import type { Routes } from '@angular/router';

const shelf = () => import('./shelf').then(({ Shelf }) => Shelf);

/** The first three are one component over three APIs: one that answers, one that is rate limited, one that breaks down. */
export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: 'Browse · Books',
    loadComponent: shelf,
    data: {
      url: '/api/books',
      heading: 'Browse',
      lead: 'The next page is asked for as its place comes into sight.',
    },
  },
  {
    path: 'busy',
    title: 'Rate limit · Books',
    loadComponent: shelf,
    data: {
      url: '/api/busy',
      heading: 'Rate limit',
      lead: 'This API answers 429 to who asks too often. The list waits as long as it says, and tells how long.',
    },
  },
  {
    path: 'outage',
    title: 'Outage · Books',
    loadComponent: shelf,
    data: {
      url: '/api/outage',
      heading: 'Outage',
      lead: 'This API breaks down at page 3. What has come stays, and the list goes on from there.',
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
