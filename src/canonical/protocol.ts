/** The wire protocols, as names only. */

/** What clients speak to Gearbox. */
export type ClientProtocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

/** What Gearbox speaks to providers. */
export type UpstreamProtocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

export type Protocol = ClientProtocol | UpstreamProtocol;
