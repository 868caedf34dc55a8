/** Where the router loses, found in the rows of the report and not written by hand. */
import { z } from 'zod';
import { toFixedText } from './interval-text.ts';
import type { StoredSection } from './stored-section.ts';

const intervalSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** Rows come back from a file of results: only what is read here is checked. */
const poolRowSchema = z.object({
  set: z.string(),
  policy: z.string(),
  protocol: z.string(),
  is_cheating: z.boolean(),
  headroom: intervalSchema.nullable(),
  gain_points: intervalSchema,
});
const familyRowSchema = z.object({
  set: z.string(),
  family: z.string(),
  policy: z.string(),
  points_over_transported: z.number(),
  n: z.number(),
});
const sliceRowSchema = z.object({
  slice: z.string(),
  policy: z.literal('shipped'),
  gain_over_thinking_points: intervalSchema.nullable(),
  gain_over_length_points: intervalSchema.nullable(),
  n: z.number(),
});

type PoolRow = z.infer<typeof poolRowSchema>;

const parseRows = <Row>(schema: z.ZodType<Row>, sections: readonly StoredSection[]): readonly Row[] =>
  sections.flatMap(({ rows }) =>
    rows.flatMap((row) => {
      const parsed = schema.safeParse(row);
      return parsed.success ? [parsed.data] : [];
    }),
  );

const percent = (value: number): string => `${toFixedText(value * 100, 1)} %`;

const LEARNED = 'learned';

/** Honest routers that close more of a set than the learned one does. */
const toBeaten = (rows: readonly PoolRow[]): readonly string[] =>
  rows
    .filter(({ policy }) => policy === LEARNED)
    .flatMap((learned) =>
      rows
        .filter(
          ({ set, protocol, policy, headroom }) =>
            set === learned.set &&
            protocol === learned.protocol &&
            policy !== LEARNED &&
            policy !== 'oracle' &&
            (headroom?.value ?? Number.NEGATIVE_INFINITY) > (learned.headroom?.value ?? Number.POSITIVE_INFINITY),
        )
        .map(
          (other) =>
            `${learned.set}, ${learned.protocol}: \`${other.policy}\`${other.is_cheating ? ' (cheating)' : ''} closes ` +
            `${percent(other.headroom?.value ?? Number.NaN)}, \`learned\` ${percent(learned.headroom?.value ?? Number.NaN)}.`,
        ),
    );

const toUnsure = (rows: readonly PoolRow[]): readonly string[] =>
  rows
    .filter(({ policy, headroom }) => policy === LEARNED && headroom !== null && headroom.low <= 0)
    .map(
      ({ set, protocol, headroom }) =>
        `${set}, ${protocol}: the interval of \`learned\` reaches down to ${percent(headroom?.low ?? Number.NaN)}.`,
    );

/** Points below the transported static choice from which a family is named. */
const NOTABLE_POINTS = -0.05;

const toLostFamilies = (rows: readonly z.infer<typeof familyRowSchema>[]): readonly string[] =>
  rows
    .filter(({ policy, points_over_transported: points }) => policy !== 'rules' && points < NOTABLE_POINTS)
    .sort((one, other) => one.points_over_transported - other.points_over_transported)
    .map(
      ({ set, family, policy, points_over_transported: points, n }) =>
        `${set}, family ${family} left out (n = ${n}): \`${policy}\` is ${toFixedText(-points, 2)} points below the ` +
        'transported static choice.',
    );

const toLostSlices = (rows: readonly z.infer<typeof sliceRowSchema>[]): readonly string[] =>
  rows.flatMap(({ slice, gain_over_thinking_points: loss, gain_over_length_points: overLength }) => [
    ...(loss !== null && loss.high < 0
      ? [`The shipped default, ${slice}: ${toFixedText(-loss.value, 2)} points below always thinking.`]
      : []),
    ...(overLength !== null && overLength.value < 0
      ? [
          `The shipped default, ${slice}: ${toFixedText(-overLength.value, 2)} points below the length rule at the ` +
            'same share.',
        ]
      : []),
  ]);

/** A list of sentences, each from rows of the report. */
export const renderLosses = (sections: readonly StoredSection[]): string => {
  const pools = parseRows(poolRowSchema, sections);
  const found = [
    ...toBeaten(pools),
    ...toUnsure(pools),
    ...toLostFamilies(parseRows(familyRowSchema, sections)),
    ...toLostSlices(parseRows(sliceRowSchema, sections)),
  ];
  const lines = found.length === 0 ? ['Nothing in the rows above.'] : found.map((line) => `- ${line}`);
  return ['## Where it loses', 'Found in the rows above:', lines.join('\n')].join('\n\n');
};
