import { html, type TemplateResult } from 'lit'
import type { ClientState } from '../client/index.ts'
import type { Language } from './language.ts'
import type { MessageKey } from './messages/messages.ts'
import type { PanelHost } from './panel-host.ts'
import { routeName } from './route-picture.ts'
import type { TripLog } from './trip-log.ts'

/**
 * The numbers behind the sentences, in two columns; what is not known by now is left out.
 *
 * @param state of the tab that reports
 * @param now ms since 1970
 */
export function drawFacts(
  { lastBeat, view, state: own, sharesTabs }: PanelHost,
  state: ClientState,
  log: TripLog | undefined,
  { language, now }: { readonly language: Language; readonly now: number }
): TemplateResult {
  const beating = state.phase === 'beating' ? state : undefined
  const epochs = (count: number): string => language.say('epochs', { count })
  const facts: [MessageKey, string | undefined][] = [
    ['route', beating && routeName(beating, language)],
    ['round-trip', known(beating?.rtt, (rtt) => language.trip(rtt))],
    ['last-report', known(lastBeat, ({ at }) => language.ago(at, now))],
    ['next-report', known(beating, ({ nextBeatAt }) => language.until(nextBeatAt, now))],
    ['delivered', beating?.delivery.kind === 'unconfirmed' ? undefined : delivered(log, language)],
    ['tabs', known(sharesTabs, (isShared) => language.say(tabs(own, isShared)))],
    ['epoch', known(view.height, (height) => language.number(height))],
    ['behind-clock', known(view.behindClock, epochs)],
    ['behind-network', known(view.behindNetwork, epochs)]
  ]
  return html`
    <dl>
      ${facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => html`<div><dt>${language.say(name)}</dt><dd>${value}</dd></div>`)}
    </dl>
  `
}

function known<T>(value: T | undefined, say: (value: T) => string): string | undefined {
  return value === undefined ? undefined : say(value)
}

function delivered(log: TripLog | undefined, language: Language): string | undefined {
  const settled = log?.settled ?? []
  if (settled.length === 0) return undefined
  const taken = settled.filter(({ isConfirmed }) => isConfirmed).length
  return language.say('delivered-of', { taken, sent: settled.length })
}

function tabs(state: ClientState, sharesTabs: boolean): MessageKey {
  if (!sharesTabs) return 'tabs-alone'
  return state.phase === 'following' ? 'tabs-following' : 'tabs-leading'
}
