import { html, nothing, type TemplateResult } from 'lit'
import type { ClientOptions } from '../client/index.ts'
import { DEFAULT_ELEMENT_BEAT_PERIOD } from '../constants.ts'
import type { Language } from './language.ts'
import { daysOf, privacyLink } from './looks.ts'
import type { MessageKey } from './messages/messages.ts'
import type { PanelHost } from './panel-host.ts'
import { chainName } from './sentences.ts'

/** Asks for consent: what it is good for, what would be sent by now, to whom, and for how long. */
export function drawOffer(host: PanelHost, language: Language): TemplateResult {
  const privacy = privacyLink(host.looks)
  return html`
    <section class="offer">
      <h2>${language.say('offer-title')}</h2>
      <p><slot name="offer">${language.say('offer')}</slot></p>
      <dl class="rows">
        ${rows(receivers(host, language), language)}
        <div>
          <dt>${language.say('offer-kept')}</dt>
          <dd>
            ${kept(host, language)}
            ${
              privacy === undefined
                ? nothing
                : html`<a href=${privacy} target="_blank" rel="noopener noreferrer">${language.say('offer-privacy')}</a>`
            }
          </dd>
        </div>
      </dl>
      <details open>
        <summary>${language.say('offer-sends')}</summary>
        <dl class="rows">${rows(contents(host, language), language)}</dl>
      </details>
      <p class="muted">${language.say('offer-not-sent')}</p>
      <div class="choice">
        <button class="act" part="button" @click=${() => host.choose(true)}>
          ${language.say('turn-on')}
        </button>
        <button
          class="act"
          part="button"
          popovertarget="panel"
          popovertargetaction="hide"
          @click=${() => host.choose(false)}
        >
          ${language.say('not-now')}
        </button>
      </div>
    </section>
  `
}

type Row = readonly [MessageKey, string | undefined]

function rows(given: readonly Row[], language: Language): TemplateResult[] {
  return given
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => html`<div><dt>${language.say(name)}</dt><dd>${value}</dd></div>`)
}

/** Who gets it, and who passes it on. */
function receivers({ options, looks }: PanelHost, language: Language): Row[] {
  const { relay, rpc, iceServers = [] } = options
  const { operatorName: operator } = looks
  const { to, by } = serverOf(options.target, language)
  const others = [
    ...by,
    ...hostsOf(relay),
    ...hostsOf(rpc),
    ...iceServers.flatMap(({ urls }) => hostsOf(urls))
  ]
  return [
    ['offer-to', operator ? language.say('offer-operator', { operator, host: to }) : to],
    ['offer-by', [...new Set(others)].join(', ')]
  ]
}

/** Every field of a report, with the value that it would have by now. */
function contents({ options, head, view, state }: PanelHost, language: Language): Row[] {
  const { nickname, minerAddress, chain, beatPeriod } = options
  const epoch = head?.height ?? view.height
  const settled = head?.settled
  return [
    ['sent-epoch', epoch === undefined ? language.say('none-yet') : language.number(epoch)],
    ['sent-blocks', blocks(head?.cids, language)],
    [
      'sent-settled',
      settled === undefined ? language.say('none-yet') : language.number(settled.height)
    ],
    ['sent-chain', chainName(chain, language)],
    ['sent-name', nickname],
    ['sent-miner', minerAddress],
    ['sent-identity', language.say('identity-fresh')],
    [
      'sent-page',
      language.say(document.visibilityState === 'visible' ? 'page-visible' : 'page-hidden')
    ],
    ['sent-next', period(beatPeriod, language)],
    ['sent-round-trip', state.phase === 'idle' ? language.say('none-yet') : undefined]
  ]
}

function blocks(cids: readonly string[] | undefined, language: Language): string {
  if (cids === undefined) return language.say('none-yet')
  const [first] = cids
  if (first === undefined) return language.say('no-block-ids')
  const short = `${first.slice(0, 6)}…${first.slice(-6)}`
  return language.say('block-ids', { first: short, count: cids.length, more: cids.length - 1 })
}

// As it is given, which is "30s" most often; a number is in ms.
function period(given: ClientOptions['beatPeriod'], language: Language): string {
  const ms = given ?? DEFAULT_ELEMENT_BEAT_PERIOD
  return Number.isFinite(Number(ms)) ? language.until(Number(ms), 0) : String(ms)
}

function kept({ looks }: PanelHost, language: Language): string {
  const days = daysOf(looks)
  return days === undefined ? language.say('offer-kept-unknown') : language.days(days)
}

/** The server by its hosts, or else by its peer id; and the relays that its own addresses go through. */
function serverOf(
  target: unknown,
  language: Language
): { readonly to: string; readonly by: readonly string[] } {
  const addresses = String(target ?? '').split(/[\s,]+/)
  // The URL of a discovery document.
  if (URL.canParse(String(target)))
    return { to: new URL(String(target)).host, by: [language.say('offer-list')] }
  const isCircuit = (address: string): boolean => address.includes('/p2p-circuit')
  const direct = addresses.filter((each) => !isCircuit(each)).flatMap(hostsOf)
  const id = addresses.at(-1)?.match(/p2p\/(\w+)$/)?.[1]
  const name = id === undefined ? 'offer-nobody' : 'offer-server'
  return {
    to: [...new Set(direct)].join(', ') || language.say(name, { id: id?.slice(-8) ?? '' }),
    by: addresses.filter(isCircuit).flatMap(hostsOf)
  }
}

/** The hosts in multiaddrs and URLs. */
function hostsOf(addresses: unknown): string[] {
  const found = String(addresses ?? '').matchAll(
    /\/(?:ip[46]|dns[46]?)\/([^/\s]+)|\w+:(?:\/\/)?(?:[^@/\s]*@)?([^/:,\s]+)/g
  )
  return [...found].map(([, name, host]) => name ?? host ?? '')
}
