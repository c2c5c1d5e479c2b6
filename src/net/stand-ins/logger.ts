// Stands in for @libp2p/logger in the page's bundle, 3 kB of gzip. That one looks into the page's
// localStorage to learn what to print; what a page has to know, its client's state says.

type Silent = (() => void) & {
  readonly enabled: false
  readonly error: () => void
  readonly trace: () => void
  readonly newScope: () => Silent
}

const hush = (): void => {}
const silent: Silent = Object.assign(hush, {
  enabled: false,
  error: hush,
  trace: Object.assign((): void => {}, { enabled: false }),
  newScope: () => silent
} as const)

/** A logger that prints nothing. */
export function logger(): Silent {
  return silent
}

/** Loggers that print nothing. */
export function defaultLogger(): { forComponent(): Silent } {
  return { forComponent: () => silent }
}
