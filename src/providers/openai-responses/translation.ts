/** What the parts of one request's translation share. */
import type { ChatTranslation } from '../openai-compatible/resolve.ts';
import type { Renaming } from '../tool-name.ts';

export interface ResponsesTranslation extends ChatTranslation {
  /** Tool names in the provider's alphabet. */
  readonly names: Renaming;
  /** Call ids in the provider's alphabet. */
  readonly ids: Renaming;
}
