/** Writes server-sent events (WHATWG HTML, section 9.2.5 "Parsing an event stream"). */

export interface RenderedEvent {
  /** Name of the event; null or absent writes no `event:` line. */
  readonly event?: string | null;
  readonly data: string;
}

const LINE_END = /\r\n|\r|\n/g;

const hasLineEnd = (text: string): boolean => text.includes('\n') || text.includes('\r');

/** One event with its blank line. Data of several lines becomes several `data:` lines, which a parser joins again. */
export const renderEvent = ({ event, data }: RenderedEvent): string => {
  const lines = hasLineEnd(data) ? data.replaceAll(LINE_END, '\ndata: ') : data;
  // A name with a line end in it could forge an event.
  return event === undefined || event === null
    ? `data: ${lines}\n\n`
    : `event: ${event.replaceAll(LINE_END, ' ')}\ndata: ${lines}\n\n`;
};

/** A comment, which clients ignore and proxies take as a sign of life. */
export const renderComment = (text: string): string => `: ${text.replaceAll(LINE_END, '\n: ')}\n\n`;
