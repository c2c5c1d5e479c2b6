// The reporter of the matrix: when every cell has run, it writes what was measured into README.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestInfo } from 'playwright/test'
import type { Reporter, TestCase, TestResult } from 'playwright/types/testReporter'
import { FAULTS } from './faults.ts'
import { ROUTES } from './fixtures.ts'

/** What was measured in one cell. Lengths of time are in beat periods. */
export interface Cell {
  readonly fault: string
  readonly route: string
  /** What the element showed, in order. */
  readonly during: readonly string[]
  readonly after: readonly string[]
  /** Beats that the client sent and the aggregator never counted. */
  readonly lost: number
  readonly doubles: number
  /** Longest time without a beat at the aggregator. */
  readonly silence: number
  /** From the end of the fault until beats arrive and the element says so. */
  readonly recovery: number
  readonly bound: number
}

const README = join(import.meta.dirname, '../README.md')
const BEGIN = '<!-- matrix: written by npm run test:faults -->'
const END = '<!-- end of the matrix -->'
const HEADER = [
  '| fault | route | shown during | shown after | lost | doubles | silence | back after | allowed |',
  '|---|---|---|---|--:|--:|--:|--:|--:|'
]

/** Hands a cell to the reporter. */
export function saveCell(info: TestInfo, cell: Cell): void {
  info.annotations.push({ type: 'cell', description: JSON.stringify(cell) })
}

export default class TableReporter implements Reporter {
  readonly #cells = new Map<string, Cell & { readonly passed: boolean }>()

  onTestEnd(test: TestCase, { annotations, status }: TestResult): void {
    const cell = annotations.find(({ type }) => type === 'cell')?.description
    if (cell !== undefined)
      this.#cells.set(test.title, { ...JSON.parse(cell), passed: status === 'passed' })
  }

  onEnd(): void {
    const titles = FAULTS.flatMap(({ name }) => ROUTES.map((route) => `${route}: ${name}`))
    if (!titles.every((title) => this.#cells.has(title))) return
    const lines = titles.flatMap((title) => this.#cells.get(title) ?? []).map(lineOf)
    const readme = readFileSync(README, 'utf8')
    const [before, rest = ''] = readme.split(BEGIN)
    const [, after = ''] = rest.split(END)
    const table = [BEGIN, '', ...HEADER, ...lines, '', END].join('\n')
    writeFileSync(README, `${before}${table}${after}`)
  }
}

function lineOf(cell: Cell & { readonly passed: boolean }): string {
  const { fault, route, during, after, lost, doubles, passed } = cell
  const times = [cell.silence, cell.recovery, cell.bound].map((each) => each.toFixed(1))
  const name = passed ? fault : `**${fault}: fails**`
  return `| ${[name, route, during.join(' → '), after.join(' → '), lost, doubles, ...times].join(' | ')} |`
}
