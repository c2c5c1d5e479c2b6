import type { ClientOptions, HeartbeatClient } from '../client/index.ts'
import type { Looks } from './looks.ts'

/** What the panel needs to know of its element, and may ask of it. */
export interface PanelHost
  extends Pick<
    HeartbeatClient,
    'state' | 'view' | 'head' | 'lastBeat' | 'sharesTabs' | 'consented'
  > {
  /** What the client that is shown was told. */
  readonly options: ClientOptions
  readonly looks: Looks
  /** What was last wrong with an option, a head or the code. */
  readonly problem: Error | undefined
  /** The user chooses. */
  choose(consent: boolean): void
  retry(): void
  requestUpdate(): void
}
