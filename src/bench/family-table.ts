/** Families left out, one by one: what a policy that never saw a family does on it. */
import { toFixedText } from './interval-text.ts';
import { renderMarkdownTable } from './table.ts';

export interface FamilyRow {
  readonly set: string;
  readonly family: string;
  readonly policy: string;
  /** Of mean quality, against the single component that was best on the other families. */
  readonly points_over_transported: number;
  /** Against mixtures of the components on the family itself, which nobody knows beforehand. */
  readonly points_over_hull: number;
  readonly n: number;
}

const points = (value: number): string => toFixedText(value, 2);

/** One line a family: points over the transported static choice / over the family's own hull, for each policy. */
export const renderFamilyRows = (rows: readonly FamilyRow[]): string => {
  const policies = [...new Set(rows.map(({ policy }) => policy))];
  const families = [...Map.groupBy(rows, ({ family }) => family)];
  return renderMarkdownTable([
    ['family left out', 'n', ...policies],
    ...families.map(([family, ofFamily]) => [
      family,
      String(ofFamily[0]?.n ?? 0),
      ...policies.map((policy) => {
        const row = ofFamily.find((each) => each.policy === policy);
        return row === undefined ? '–' : `${points(row.points_over_transported)} / ${points(row.points_over_hull)}`;
      }),
    ]),
  ]);
};
