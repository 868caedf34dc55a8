/** Tables for terminals: aligned columns, no borders, so that lines can be cut, sorted and searched. */

export interface Column {
  readonly title: string;
  /** Numbers go right, so that their places line up. */
  readonly align: 'left' | 'right';
}

const GAP = '  ';

/** Columns a terminal uses for a text: one a code point, which holds for everything that we print. */
const widthOf = (text: string): number => Array.from(text).length;

const pad = (text: string, width: number, align: Column['align']): string => {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
};

/** Columns without titles, aligned left, each line indented by one gap. */
export const alignRows = (rows: readonly (readonly string[])[]): readonly string[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  return rows.map((row) => (GAP + row.map((cell, index) => pad(cell, widths[index] ?? 0, 'left')).join(GAP)).trimEnd());
};

/** One line for the titles and one a row, without trailing blanks. Missing cells are empty. */
export const renderTable = (columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  const renderRow = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => pad(cells[index] ?? '', widths[index] ?? 0, align))
      .join(GAP)
      .trimEnd();
  return [renderRow(columns.map(({ title }) => title)), ...rows.map(renderRow)];
};
