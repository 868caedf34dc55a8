/** The bound on what one query returns, the same for every implementation. */
import { InvalidRequestError } from '../errors.ts';
import { MAX_QUERY_ROWS } from './store.ts';

/** `limit` itself. Throws `InvalidRequestError` unless it is a whole number from 1 to `MAX_QUERY_ROWS`. */
export const checkQueryLimit = (limit: number): number => {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_QUERY_ROWS) {
    throw new InvalidRequestError(
      `limit: expected a whole number from 1 to ${MAX_QUERY_ROWS}, given ${limit}. Ask for pages with "before".`,
      { field: 'limit' },
    );
  }
  return limit;
};
