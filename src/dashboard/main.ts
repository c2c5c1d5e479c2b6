// The operator's page: the aggregator's answers enter, a picture of its network leaves. It decides
// nothing: every verdict is the aggregator's.

import { systemClock } from '../timing/index.ts'
import { AboutAggregator } from './about.ts'
import { AlertsView } from './alerts-page.ts'
import { Api } from './api.ts'
import { Chart } from './chart.ts'
import { CopyButton } from './copy-button.ts'
import { Dashboard } from './dashboard.ts'
import { LiveFeed } from './feed.ts'
import { apply } from './model.ts'
import { NetworkCharts } from './network-charts.ts'
import { NodePage } from './node-page.ts'
import { HOUR_SPAN, rangeOf } from './range.ts'
import { Store } from './store.ts'
import { TokenForm } from './token-form.ts'
import { withHistory } from './trend.ts'
import { VisitorsTable } from './visitors.ts'
import { WatchedTable } from './watched.ts'

const store = new Store((run) => requestAnimationFrame(run))
const ask = (url: string, init: RequestInit): Promise<Response> => fetch(url, init)
const feed = new LiveFeed({
  url: '/feed?nodes=watched',
  clock: systemClock,
  fetch: ask,
  onEvent: (event) => {
    store.update((state) => apply(state, event, Date.now()))
    if (event.type === 'snapshot') void readTrend()
  },
  onConnection: (connection) => store.update((state) => ({ ...state, connection }))
})
const api = new Api({ fetch: ask, onTokenNeeded: () => feed.needToken() })

/** What the tiles' trends show of the time before this page was opened, or was away. */
async function readTrend(): Promise<void> {
  try {
    const range = rangeOf(HOUR_SPAN, Date.now() + store.state.skew)
    const history = await api.networkHistory(range, AbortSignal.timeout(HOUR_SPAN.step))
    store.update((state) => ({ ...state, trend: withHistory(state.trend, history) }))
  } catch {
    // Without it the trends begin now.
  }
}

const elements = {
  'hb-dashboard': Dashboard,
  'hb-watched': WatchedTable,
  'hb-visitors': VisitorsTable,
  'hb-network': NetworkCharts,
  'hb-node': NodePage,
  'hb-alerts': AlertsView,
  'hb-about': AboutAggregator,
  'hb-token': TokenForm,
  'hb-chart': Chart,
  'hb-copy': CopyButton
}
for (const [name, element] of Object.entries(elements)) customElements.define(name, element)

const page = document.createElement('hb-dashboard') as Dashboard
page.parts = { store, api, feed }
document.body.append(page)
feed.start()

const wake = (): void => {
  if (document.visibilityState === 'visible') feed.wake()
}
document.addEventListener('visibilitychange', wake)
window.addEventListener('online', wake)
window.addEventListener('pageshow', wake)
