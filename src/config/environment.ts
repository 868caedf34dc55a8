/** The environment variables, read once: the only place in the program that looks at `process.env`. */

/** A snapshot; everything else receives it as an argument, so that tests never depend on the machine's own variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const readEnvironment = (): Environment => ({ ...process.env });

/** The trimmed value; undefined when the variable is missing, empty or blank, because an empty key is no key. */
export const environmentValue = (environment: Environment, name: string): string | undefined => {
  const value = Object.hasOwn(environment, name) ? environment[name]?.trim() : undefined;
  return value === '' ? undefined : value;
};
