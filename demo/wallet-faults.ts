import { html, nothing, type TemplateResult } from 'lit'

/** What runs, and what was broken on purpose. */
export interface Faults {
  relay: boolean
  aggregator: boolean
  stalled: boolean
}

/** Asks what runs, since a page that is loaded anew has forgotten what it broke. */
export async function readFaults(control: string | undefined): Promise<Faults> {
  const ask = async (url: string) => (await fetch(url)).json()
  const [relay, aggregator, chain] = await Promise.all([
    ask('/demo/relay'),
    ask('/demo/aggregator'),
    control === undefined ? { stalled: false } : ask(control)
  ])
  return { relay: relay.running, aggregator: aggregator.running, stalled: chain.stalled }
}

/** Buttons that break things, so that anyone can watch them heal. */
export function drawFaults(
  faults: Faults,
  control: string | undefined,
  onChange: () => void
): TemplateResult {
  const post = async (url: string, body: object): Promise<void> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    if (!response.ok) console.warn(`${url} answered ${response.status}`)
    onChange()
  }
  const toggle = (service: 'relay' | 'aggregator') => async (): Promise<void> => {
    faults[service] = !faults[service]
    await post(`/demo/${service}`, { running: faults[service] })
  }
  const stall = async (): Promise<void> => {
    faults.stalled = !faults.stalled
    await post(`${control}`, { stall: faults.stalled })
  }
  const cut = async (): Promise<void> => {
    const running = !(faults.relay || faults.aggregator)
    faults.relay = running
    faults.aggregator = running
    await Promise.all([post('/demo/relay', { running }), post('/demo/aggregator', { running })])
  }
  return html`
    <h2>Break things <small>and watch the pill tell the truth</small></h2>
    <div class="buttons">
      ${button('Stop the relay', 'Start the relay', !faults.relay, toggle('relay'))}
      ${button('Stop the aggregator', 'Start the aggregator', !faults.aggregator, toggle('aggregator'))}
      ${button('Cut both', 'Bring both back', !faults.relay && !faults.aggregator, cut)}
      ${
        control === undefined
          ? nothing
          : html`
              ${button('Stall the chain', 'Let the chain go on', faults.stalled, stall)}
              <button @click=${() => post(control, { revert: 2 })}>Revert two epochs</button>
            `
      }
      <button @click=${() => window.open('about:blank', '_blank')}>Hide this tab</button>
    </div>
  `
}

function button(
  breaks: string,
  mends: string,
  broken: boolean,
  onClick: () => void
): TemplateResult {
  return html`<button aria-pressed=${broken} @click=${onClick}>${broken ? mends : breaks}</button>`
}
