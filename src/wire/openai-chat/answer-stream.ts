/** The two ways to render a streamed chat answer have this in common. */
import type { JsonObject } from '../../canonical/json.ts';
import type { StreamFrame } from '../../canonical/stream-part.ts';

export interface AnswerStream {
  /** Text for one frame; '' when it shows nothing. */
  readonly render: (frame: StreamFrame) => string;
  /** The last meaningful event waits for `release`. */
  readonly isHolding: () => boolean;
  readonly release: (gearbox: JsonObject | null) => string;
}
