/** The wire protocols, as names only. */

/** What clients speak to Gearbox. */
export type ClientProtocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

/** What Gearbox speaks to providers. */
export type UpstreamProtocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

export type Protocol = ClientProtocol | UpstreamProtocol;

/**
 * In whose words an answer is. `translated`: what the client asked for was said in other words, so that the answer has to
 * be put into the client's again, even where both speak the same protocol.
 */
export type AnswerProtocol = Protocol | 'translated';
