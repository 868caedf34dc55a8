/** Where the package lies: the folder that holds `models/`, `migrations/` and package.json. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Two folders up, from src/cli in a checkout and from dist/cli in the published package alike. */
export const packageRoot: string = join(import.meta.dirname, '..', '..');

/** Whether this runs from its sources; a published package has none. */
export const isCheckout: boolean = existsSync(join(packageRoot, 'src'));
