/** How the dashboard's own connection to its aggregator is. Moments are in ms since 1970. */
export type Connection =
  /** Nothing was asked yet, or the first answer is awaited. */
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live' }
  /** Nothing was ever heard. */
  | { readonly phase: 'unreachable'; readonly since: number; readonly problem: string }
  /** Something was heard until `since`; what is shown is from then. */
  | { readonly phase: 'lost'; readonly since: number; readonly problem: string }
  /** The aggregator answers those alone who have its token. */
  | { readonly phase: 'token-needed' }
