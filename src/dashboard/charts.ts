import { html, type TemplateResult } from 'lit'
import type { ChartData } from './chart.ts'

/** Draws one of several charts that stand together; `format` writes a value with its unit. */
export type DrawChart = (
  name: string,
  data: Omit<ChartData, 'times'>,
  format: (value: number) => string
) => TemplateResult

/** Charts over the same times (in seconds since 1970), which show the same moment by one cursor. */
export function chartsOver(times: readonly number[], group: string): DrawChart {
  return (name, data, format) =>
    html`<hb-chart .name=${name} .data=${{ times, ...data }} .format=${format} group=${group}></hb-chart>`
}
