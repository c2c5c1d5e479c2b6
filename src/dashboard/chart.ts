import { html, type PropertyValues, type TemplateResult } from 'lit'
import uPlot from 'uplot'
import { day, time } from './format.ts'
import { LightElement } from './light-element.ts'
import { needsDate } from './range.ts'
import type { Tone } from './words.ts'

/** One line of a chart. */
export interface ChartSeries {
  readonly name: string
  readonly tone: Tone | 'network'
  /** `null` is a gap. */
  readonly values: readonly (number | null)[]
  /** Filled down to the axis, or to the series before it where that is filled, too. */
  readonly filled?: boolean
  /** Drawn as wide as what others are compared with. */
  readonly wide?: boolean
  /** What its legend tells of a point, instead of its value. */
  readonly tell?: (index: number) => string
}

/** What a chart shows. */
export interface ChartData {
  /** In seconds since 1970, rising. */
  readonly times: readonly number[]
  readonly series: readonly ChartSeries[]
  /** Bounds of the scale: what the data needs within them. */
  readonly low?: number
  readonly high?: number
  /** All values are whole numbers, and so is what stands at the axis. */
  readonly whole?: boolean
}

const HEIGHT = 168
const LEAST_AXIS_WIDTH = 48
const DIGIT_WIDTH = 7
const EDGE = 28
const FONT = '12px system-ui, sans-serif'
/** From one tick to the next: 1, 2, 5, 10, 20, 25, 50 and so on, up to what a number holds exactly. */
const WHOLE_STEPS = Array.from({ length: 16 }, (_, zeros) =>
  [1, 2, 2.5, 5].map((digits) => digits * 10 ** zeros)
)
  .flat()
  .filter(Number.isInteger)

/** `<hb-chart>`: lines over time, drawn by uPlot, told in words to those who cannot see them. */
export class Chart extends LightElement {
  static override readonly properties = {
    name: {},
    data: { attribute: false },
    format: { attribute: false },
    group: {},
    index: { state: true }
  }

  declare name: string
  declare data: ChartData
  /** Writes a value with its unit. */
  declare format: (value: number) => string
  /** Charts of one group show the same moment. */
  declare group: string
  /** Where the cursor is. */
  declare index: number | undefined
  #plot: uPlot | undefined
  #made = ''
  readonly #resizing = new ResizeObserver(() => this.#resize())
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #recolor = (): void => this.#plot?.redraw(false)

  override connectedCallback(): void {
    super.connectedCallback()
    this.#scheme.addEventListener('change', this.#recolor)
    if (this.hasUpdated) this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#scheme.removeEventListener('change', this.#recolor)
    this.#resizing.disconnect()
    this.#plot?.destroy()
    this.#plot = undefined
  }

  protected override render(): TemplateResult {
    const index = this.index ?? this.#lastIndex()
    return html`<figure class="chart">
      <figcaption>
        <h3>${this.name}</h3>
        <ul class="legend">
          ${this.data.series.map(
            (series) => html`<li class=${series.tone}>
              <i class="key ${series.filled ? 'filled' : ''} ${series.wide ? 'wide' : ''}"></i>
              ${series.name} <b>${this.#tell(series, index)}</b>
            </li>`
          )}
        </ul>
      </figcaption>
      <div class="plot" role="img" aria-label=${this.#summary()}></div>
    </figure>`
  }

  protected override updated(changed: PropertyValues): void {
    const kind = this.data.series.map(({ name }) => name).join()
    const isNew = this.#plot === undefined || this.#made !== kind
    if (isNew) this.#make(kind)
    else if (changed.has('data')) this.#plot?.setData(this.#aligned())
  }

  #make(kind: string): void {
    const place = this.querySelector<HTMLElement>('.plot')
    if (place === null) return
    this.#plot?.destroy()
    this.#made = kind
    this.#plot = new uPlot(this.#options(place.clientWidth), this.#aligned(), place)
    this.#resizing.disconnect()
    this.#resizing.observe(place)
  }

  #resize(): void {
    const width = this.querySelector('.plot')?.clientWidth ?? 0
    if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT })
  }

  #aligned(): uPlot.AlignedData {
    return [[...this.data.times], ...this.data.series.map(({ values }) => [...values])]
  }

  #options(width: number): uPlot.Options {
    const axis = {
      stroke: this.#color('--muted'),
      font: FONT,
      ticks: { show: false },
      grid: { stroke: this.#color('--line'), width: 1 }
    }
    return {
      width: Math.max(width, 100),
      height: HEIGHT,
      padding: [8, EDGE, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: 7 },
        sync: { key: this.group }
      },
      scales: { x: { time: true }, y: { range: (_, min, max) => this.#range(min, max) } },
      axes: [
        {
          ...axis,
          space: 72,
          size: 28,
          gap: 6,
          grid: { show: false },
          values: (_, at) => this.#moments(at)
        },
        {
          ...axis,
          size: (_, names) => axisWidth(names),
          gap: 6,
          space: 36,
          ...(this.data.whole && { incrs: WHOLE_STEPS }),
          values: (_, at) => at.map((value) => this.format(value))
        }
      ],
      series: [{}, ...this.data.series.map((_, index) => this.#seriesOptions(index))],
      bands: this.data.series.flatMap((each, index) =>
        each.filled && this.data.series[index - 1]?.filled
          ? [{ series: [index + 1, index] as [number, number], fill: this.#fill(each) }]
          : []
      ),
      hooks: { setCursor: [({ cursor }) => this.#point(cursor.idx)] }
    }
  }

  #seriesOptions(index: number): uPlot.Series {
    const series = this.data.series[index]
    if (series === undefined) return {}
    const isFirstFilled = series.filled && !this.data.series[index - 1]?.filled
    return {
      stroke: this.#color(`--${series.tone}`),
      width: series.wide ? 5 : 1.75,
      points: {
        show: true,
        size: 4,
        fill: this.#color(`--${series.tone}`),
        filter: () => lonely(this.data.series[index]?.values ?? [])
      },
      ...(isFirstFilled && { fill: this.#fill(series) })
    }
  }

  #fill({ tone }: ChartSeries): () => string {
    return this.#color(`--${tone}-soft`)
  }

  /** Read anew at each drawing, since the colours change with the scheme. */
  #color(name: string): () => string {
    return () => getComputedStyle(this).getPropertyValue(name).trim() || 'gray'
  }

  #range(min: number | null, max: number | null): uPlot.Range.MinMax {
    const { low, high } = this.data
    if (min === null || max === null) return [low ?? 0, high ?? (low ?? 0) + 1]
    const pad = Math.max((max - min) * 0.1, Math.abs(max) * 0.000_001, 0.5 * (high ?? 1))
    return [low ?? Math.floor(min - pad), high ?? max + pad]
  }

  #moments(at: readonly number[]): string[] {
    const { times } = this.data
    const length = ((times.at(-1) ?? 0) - (times[0] ?? 0)) * 1_000
    const write = needsDate(length) ? day : time
    const names = at.map((each) => write(each * 1_000))
    return names.map((name, index) => (name === names[index - 1] ? '' : name))
  }

  #point(index: number | null | undefined): void {
    this.index = index ?? undefined
  }

  #lastIndex(): number {
    const [first] = this.data.series
    const last = first?.values.findLastIndex((value) => value !== null) ?? -1
    return Math.max(0, last)
  }

  #tell({ values, tell }: ChartSeries, index: number): string {
    const value = values[index]
    if (value === undefined || value === null) return '–'
    return tell?.(index) ?? this.format(value)
  }

  #summary(): string {
    const index = this.#lastIndex()
    const lines = this.data.series.map((series) => {
      const values = series.values.filter((value) => value !== null)
      if (values.length === 0) return `${series.name}: nothing was heard`
      if (series.tell !== undefined) return `${series.name}: now ${this.#tell(series, index)}`
      const [low, high] = [Math.min(...values), Math.max(...values)].map(this.format)
      return `${series.name}: between ${low} and ${high}, now ${this.#tell(series, index)}`
    })
    return `${this.name}. ${lines.join('. ')}.`
  }
}

/** As wide as its longest name: epochs are long, and shares short. */
function axisWidth(names: readonly string[] | null): number {
  const longest = Math.max(0, ...(names ?? []).map(({ length }) => length))
  return Math.max(LEAST_AXIS_WIDTH, longest * DIGIT_WIDTH + 14)
}

/** Points between two gaps: no line shows them. */
function lonely(values: readonly (number | null)[]): number[] {
  const isGap = (index: number): boolean => (values[index] ?? null) === null
  return [...values.keys()].filter((at) => !isGap(at) && isGap(at - 1) && isGap(at + 1))
}
