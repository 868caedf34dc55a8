/**
 * Which session a request belongs to, by what its client says of it; where it says nothing, its own beginning will tell.
 */

export type SessionSource = 'explicit' | 'header' | 'conversation' | 'prefix' | 'none';

export interface SessionIdentity {
  /** As the client wrote it; null: the session is recognised by how the conversation begins, and has an id of ours. */
  readonly id: string | null;
  readonly source: Exclude<SessionSource, 'none'>;
  /**
   * The id alone finds the session, whatever the messages are. Not so an agent's own: its sub-agents and the titles that it
   * asks for bear the same id, and are conversations of their own.
   */
  readonly isWhole: boolean;
}

/** By which coding agents and chat front ends name the conversation; a header of one client before those of many. */
const CLIENT_HEADERS = [
  'x-claude-code-session-id',
  'x-opencode-session',
  'x-openwebui-chat-id',
  'session-id',
  'session_id',
  'x-session-id',
  'x-session-affinity',
] as const;

const MAX_ID_CHARACTERS = 256;

const isUsable = (value: string | undefined): value is string =>
  value !== undefined && value !== '' && value.length <= MAX_ID_CHARACTERS;

export interface IdentityQuestion {
  /** Our own control; null: not sent. */
  readonly control: { readonly id: string; readonly place: 'body' | 'header' } | null;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The request names the answer that it goes on from. */
  readonly continues: boolean;
}

/** First match: our control, a header of the client, the answer that the request continues, the conversation's prefix. */
export const readIdentity = ({ control, headers, continues }: IdentityQuestion): SessionIdentity => {
  if (control !== null) {
    return { id: control.id, source: control.place === 'body' ? 'explicit' : 'header', isWhole: true };
  }
  for (const name of CLIENT_HEADERS) {
    const value = headers[name];
    if (isUsable(value)) return { id: value, source: 'header', isWhole: false };
  }
  return { id: null, source: continues ? 'conversation' : 'prefix', isWhole: false };
};
