// Shared by the tests in the browser.
import { pageNumber, type PagewiseError } from 'pagewise';

export const strategy = pageNumber<number>({ items: 'items', size: 10 });

/** What a walk failed with, as data that can be passed to the tests outside. */
export const failure = async (promise: Promise<unknown>): Promise<object> => {
  try {
    await promise;
  } catch (error) {
    const { name, message, attempts, pageIndex } = error as PagewiseError;
    return { name, message, attempts, pageIndex };
  }
  return { name: 'none' };
};
