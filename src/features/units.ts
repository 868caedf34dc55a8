/** UTF-16 units of texts that are read from end to end. */

/**
 * `text.charCodeAt(at)`, NaN beyond the end. Texts come in so many inner forms (slices, ropes, one byte or two) that V8
 * gives up on remembering where each finds the method, and looks it up again for every unit; named like this, it is known.
 */
export const unitAt = (text: string, at: number): number => String.prototype.charCodeAt.call(text, at);
