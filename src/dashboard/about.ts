import { html, nothing, type TemplateResult } from 'lit'
import type { AggregatorInfo, Readiness } from '../aggregator/index.ts'
import { DASHBOARD_CHART_PERIOD } from '../constants.ts'
import type { Api } from './api.ts'
import { drawFact, drawId } from './facts.ts'
import { bytes, count, epoch } from './format.ts'
import { LightElement } from './light-element.ts'
import { drawProblem, Polled } from './polled.ts'
import { drawSign } from './shapes.ts'

interface About {
  readonly info: AggregatorInfo
  readonly readiness: Readiness
}

/** `<hb-about>`: the aggregator itself, its references and its relays. */
export class AboutAggregator extends LightElement {
  static override readonly properties = { api: { attribute: false } }

  declare api: Api
  readonly #about = new Polled<About>(this, (signal) => this.#ask(signal), DASHBOARD_CHART_PERIOD)

  async #ask(signal: AbortSignal): Promise<About> {
    const [info, readiness] = await Promise.all([
      this.api.aggregator(signal),
      this.api.readiness(signal)
    ])
    return { info, readiness }
  }

  protected override render(): TemplateResult {
    const { answer, value } = this.#about
    return html`<section class="card about" aria-labelledby="about-title">
      <h2 id="about-title">This aggregator</h2>
      ${drawProblem(answer)}
      ${value === undefined ? html`<p class="empty">Asking…</p>` : drawAbout(value)}
    </section>`
  }
}

function drawAbout({ info, readiness }: About): TemplateResult {
  const { peerId, addresses, references, relays, counts } = info
  return html`<dl class="facts">
    ${drawFact('Peer id', drawId(peerId, 'the peer id'))}
    ${drawFact(addresses.length === 1 ? 'Address' : 'Addresses', addresses.length === 0 ? 'none' : addresses.map((each) => drawId(each, 'this address')))}
    ${drawFact('References', references.length === 0 ? 'none' : html`<ul>${references.map(drawReference)}</ul>`)}
    ${drawFact('Relays', relays.length === 0 ? nothing : html`<ul>${relays.map(drawRelay)}</ul>`)}
    ${drawFact('Since it started', `${count(counts.beats)} beats taken, ${count(counts.refused)} streams refused`)}
    ${drawFact('History', drawStore(info.store))}
    ${drawFact('State', drawReadiness(readiness))}
  </dl>`
}

function drawReference({ name, ok, height, problem }: AggregatorInfo['references'][number]) {
  const sign = ok
    ? drawSign({ shape: 'same', word: 'answers', tone: 'fine' })
    : drawSign({ shape: 'down', word: problem ?? 'does not answer', tone: 'bad' })
  return html`<li><code>${name}</code> ${sign} ${ok ? html`<span>epoch ${epoch(height)}</span>` : ''}</li>`
}

function drawRelay({ address, reserved, problem }: AggregatorInfo['relays'][number]) {
  const sign = reserved
    ? drawSign({ shape: 'same', word: 'reserved', tone: 'fine' })
    : drawSign({ shape: 'down', word: problem ?? 'not reserved', tone: 'bad' })
  return html`<li><code>${address}</code> ${sign}</li>`
}

function drawStore(store: AggregatorInfo['store']): TemplateResult | string {
  if (store === undefined) return 'is not kept'
  const { state, problem, bytes: size, lost } = store
  const sign =
    state === 'open'
      ? drawSign({ shape: 'same', word: 'kept', tone: 'fine' })
      : drawSign({ shape: 'down', word: problem ?? 'is not kept now', tone: 'bad' })
  return html`${sign}, ${bytes(size)}${lost > 0 ? `, ${count(lost)} records were lost` : ''}`
}

function drawReadiness({ ready, problems }: Readiness): TemplateResult {
  const sign = ready
    ? drawSign({ shape: 'same', word: 'Ready', tone: 'fine' })
    : drawSign({ shape: 'down', word: 'Not ready', tone: 'bad' })
  return html`${sign}<ul>${problems.map((each) => html`<li>${each}</li>`)}</ul>`
}
