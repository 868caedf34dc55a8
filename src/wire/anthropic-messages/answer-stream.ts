/** The two ways to render a streamed message have this in common. */
import type { JsonObject } from '../../canonical/json.ts';
import type { StreamFrame } from '../../canonical/stream-part.ts';

export interface AnswerStream {
  /** Text for one frame; '' when it shows nothing. */
  readonly render: (frame: StreamFrame) => string;
  /** `message_delta` waits for `release`. */
  readonly isHolding: () => boolean;
  readonly release: (gearbox: JsonObject | null) => string;
  /** `message_stop`, and before it whatever the provider left open. */
  readonly end: () => string;
}
