import {
  PANEL_LEAST_HEIGHT as LEAST_HEIGHT,
  PANEL_MARGIN as MARGIN,
  PANEL_WIDTH as WIDTH
} from '../constants.ts'

/** Keeps the open panel under its pill, inside the window. Units are CSS px. */
export class PanelPlace {
  readonly #root: ParentNode
  #closing: AbortController | undefined

  /** @param root where pill and panel are */
  constructor(root: ParentNode) {
    this.#root = root
  }

  /** Follows what moves the pill, while the panel is open. */
  follow(isOpen: boolean): void {
    this.#closing?.abort()
    if (!isOpen) return
    this.#closing = new AbortController()
    const options = { passive: true, capture: true, signal: this.#closing.signal }
    for (const type of ['scroll', 'resize']) addEventListener(type, () => this.put(), options)
  }

  put(): void {
    const pill = this.#root.querySelector('.pill')?.getBoundingClientRect()
    const panel = this.#root.querySelector<HTMLElement>('#panel')
    if (!pill || !panel) return
    const { clientWidth, clientHeight } = document.documentElement
    // Not measured: a panel that is about to be shown has no width yet.
    const width = Math.min(WIDTH, clientWidth - 2 * MARGIN)
    const isMirrored = getComputedStyle(panel).direction === 'rtl'
    const left = isMirrored ? pill.left : pill.right - width
    const most = clientWidth - MARGIN - width
    // Where there is more room above the pill than below it, the panel opens upwards.
    const above = pill.top - 2 * MARGIN
    const below = clientHeight - pill.bottom - 2 * MARGIN
    const isBelow = below >= Math.min(above, 2 * LEAST_HEIGHT)
    Object.assign(panel.style, {
      inlineSize: `${width}px`,
      left: `${Math.max(MARGIN, Math.min(left, most))}px`,
      top: isBelow ? `${pill.bottom + MARGIN}px` : 'auto',
      bottom: isBelow ? 'auto' : `${clientHeight - pill.top + MARGIN}px`,
      maxBlockSize: `${Math.max(LEAST_HEIGHT, isBelow ? below : above)}px`
    })
  }
}
