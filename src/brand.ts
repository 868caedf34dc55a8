/** The product's names. Every other file takes them from here, so that a rename is one commit. */
export const brand = {
  name: 'Gearbox',
  /** Name of the command and of the published package. */
  binary: 'gearbox',
  /** Prefix of request and response headers, lower case. */
  headerPrefix: 'x-gearbox-',
  /** Member of request and response bodies that holds what is ours. */
  bodyKey: 'gearbox',
  /** Path prefix of the client-plane routes that are ours. */
  clientPath: '/v1/gearbox',
  /** Prefix of environment variables. */
  environmentPrefix: 'GEARBOX_',
  /** Folder below the user's home for state: store, admin token, install secret. */
  homeFolder: '.gearbox',
  configFile: 'gearbox.yaml',
} as const;
