/** Request headers as one plain record. */
import type { IncomingMessage } from 'node:http';

/** Lower-case names; repeated headers joined with a comma, as HTTP allows. */
export const flattenHeaders = (incoming: IncomingMessage): Record<string, string> => {
  const flat: Record<string, string> = {};
  const { headers } = incoming;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
};
