/** Who may reach the server: whether an address is loopback, and the refusal to serve others without client keys. */
import { isIPv4 } from 'node:net';
import { brand } from '../brand.ts';
import { ConfigError } from '../errors.ts';

/** True for `localhost`, 127.0.0.0/8 and ::1, also in brackets or as IPv4 mapped into IPv6. */
export const isLoopback = (host: string): boolean => {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '');
  return (
    name === 'localhost' || name === '::1' || name === '0:0:0:0:0:0:0:1' || (isIPv4(name) && name.startsWith('127.'))
  );
};

/**
 * The reason why a server may not listen on `host`, or null. Whoever reaches the port spends the operator's money with
 * the operator's provider keys, so any bind but loopback needs client keys.
 */
export const checkBind = ({
  host,
  keys,
}: {
  readonly host: string;
  readonly keys: readonly unknown[];
}): ConfigError | null => {
  if (isLoopback(host) || keys.length > 0) return null;
  const blocking = {
    constraint: 'server.host',
    expected: '127.0.0.1 while there are no client keys',
    given: host,
    fix: `Run "${brand.binary} keys new NAME" and add what it prints under keys: in ${brand.configFile}, or listen on 127.0.0.1 (HOST=127.0.0.1).`,
  };
  return new ConfigError(
    `Refusing to listen on ${host} without client keys: everybody who reaches this port could spend your money with your provider keys. ${blocking.fix}`,
    { code: 'bind_without_keys', blocking: [blocking] },
  );
};
