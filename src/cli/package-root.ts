/** Where the package lies: the folder that holds `models/`, `migrations/` and package.json. */
import { join } from 'node:path';

/** Two folders up, from src/cli in a checkout and from dist/cli in the published package alike. */
export const packageRoot: string = join(import.meta.dirname, '..', '..');
