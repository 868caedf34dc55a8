/** Names of models in outcome data: which of them mean one model. */

/** Notes of a harness about a run, not about the model: "(history, superseded run)", "(n=1)". */
const RUN_NOTE = /\((?:history|n=)[^)]*\)/g;

/** The host that served it ("@hyperbolic"), or the owner before a slash. */
const HOST = /@.*$/;
const OWNER = /^.*\//;

/** "claude-3.5-sonnet" and "claude-3-5-sonnet" are both in use. */
const DOT = /(?<=\d)\.(?=\d)/g;

/**
 * One spelling for the names that data sets give a model. A model that is left out must be left out under all of them;
 * efforts and modes ("(high)", "-fc") stay, since they are other components.
 */
export const toModelName = (name: string): string =>
  name
    .toLowerCase()
    .replace(RUN_NOTE, '')
    .replace(OWNER, '')
    .replace(HOST, '')
    .replace(DOT, '-')
    .replace(/^meta-(?=llama)/, '')
    .trim();
