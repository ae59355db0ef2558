// What the pages' tests have in common.
import { pageNumber, type PagewiseError } from 'pagewise';

export const strategy = pageNumber<number>({ items: 'items', size: 10 });

/** What a walk failed with, as the tests outside can be told. */
export const failure = async (promise: Promise<unknown>): Promise<object> => {
  try {
    await promise;
  } catch (error) {
    const { name, message, attempts, pageIndex } = error as PagewiseError;
    return { name, message, attempts, pageIndex };
  }
  return { name: 'none' };
};
