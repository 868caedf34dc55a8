/** Calibration of a router's predictions on a pool, component by component, cross-fitted. */
import { mean } from '../math/statistics.ts';
import { createCalibration } from './calibration-error.ts';
import { toFixedText } from './interval-text.ts';
import type { ScoreMatrix } from './matrix.ts';
import type { PoolRouter } from './pool-result.ts';
import { renderMarkdownTable } from './table.ts';

export interface CalibrationRow {
  readonly set: string;
  readonly policy: string;
  readonly component: string;
  /** Debiased; means over the cross-validation seeds. */
  readonly ece: number;
  readonly brier: number;
  readonly auroc: number;
  readonly answered_share: number;
}

export const toCalibrationRows = (matrix: ScoreMatrix, router: PoolRouter): readonly CalibrationRow[] =>
  matrix.components.map((component, column) => {
    const observed = matrix.scores[column] ?? new Float64Array();
    const weights = new Float64Array(observed.length).fill(1);
    const measured = router.runs.map(({ predictions }) =>
      createCalibration({ predicted: predictions[column] ?? new Float64Array(), observed })(weights),
    );
    return {
      set: matrix.set,
      policy: router.name,
      component,
      ece: mean(measured.map(({ ece }) => ece)),
      brier: mean(measured.map(({ brier }) => brier)),
      auroc: mean(measured.map(({ auroc }) => auroc)),
      answered_share: mean(measured.map(({ answeredShare }) => answeredShare)),
    };
  });

export const renderCalibrationRows = (rows: readonly CalibrationRow[]): string =>
  renderMarkdownTable([
    ['component', 'debiased ECE', 'Brier', 'AUROC', 'answered %'],
    ...rows.map(({ component, ece, brier, auroc, answered_share: answered }) => [
      component,
      toFixedText(ece, 3),
      toFixedText(brier, 3),
      toFixedText(auroc, 3),
      toFixedText(answered * 100, 0),
    ]),
  ]);
