/** How long and how much a store keeps unless told otherwise. */

export const MS_PER_DAY = 24 * 60 * 60 * 1_000;

export const DEFAULT_RETENTION_DAYS = 30;

/** 10 GiB: about 3 million decisions. */
export const DEFAULT_MAX_STORE_BYTES = 10 * 1024 ** 3;
